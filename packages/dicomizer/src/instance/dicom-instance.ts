import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import type { DicomAttributes, PixelArray } from '@ahi-dicom/dicom-standard'

import type { FrameReader } from '../frames/frame-reader.ts'
import type { LosslessStorageFormat } from '../frames/transfer-syntax.ts'
import type { InstanceNotice } from '../notices.ts'
import type { FrameChecks } from '../stream/pixel-stream.ts'
import type { InstanceSource } from '../whole/instance-source.ts'

/** An entry of a metadata document, and the image set that it is of. */
export interface InstanceEntry extends ImageSetInstance {
  readonly datastoreId: string
  readonly imageSetId: string
}

/** Options of {@link dicomizeInstance}. */
export interface DicomizeOptions {
  /** Gives frames. Needed for pixels alone. */
  readonly frameReader?: FrameReader | undefined
  /** Gives whole instances. Without it instances whose frames cannot serve fail, or are written without pixels. */
  readonly instanceSource?: InstanceSource | undefined
  /**
   * `frames`: pixels come from the frames, and from the whole instance if those cannot serve. `instance`: every instance
   * comes as a whole, a file of AHI's making, in the `transferSyntax`. Default `frames`.
   */
  readonly source?: 'frames' | 'instance' | undefined
  /**
   * `explicit`: Explicit VR Little Endian, decoded, which every reader reads. `stored`: frames are encapsulated as AHI has
   * them; so does `explicit` if nothing decodes their syntax. Default `explicit`.
   */
  readonly transferSyntax?: 'explicit' | 'stored' | undefined
  /**
   * Whether stored frames are verified, which decodes those whose checksum is that of the pixels. Decoded frames always
   * are. Default true.
   */
  readonly verifyFrames?: boolean | undefined
  /** Whether Pixel Data is left out. Default false. */
  readonly headerOnly?: boolean | undefined
  /** What a missing StoredTransferSyntaxUID means. Default HTJ2K, AHI's own default. */
  readonly losslessStorageFormat?: LosslessStorageFormat | undefined
}

/** How an instance is read. */
export interface ReadingOptions {
  readonly signal?: AbortSignal | undefined
  /** Frames in flight. Default 4, enough to keep two decoding threads and the next requests busy. */
  readonly frameConcurrency?: number | undefined
}

/** What reading an instance takes, from its metadata alone. */
export interface InstanceDescription {
  /** See {@link DicomInstance.source}. */
  readonly source: DicomInstance['source']
  /** Frames of Pixel Data. */
  readonly frameCount: number
  /** Bytes of one decoded frame; 0 without frames, or if the attributes do not tell. */
  readonly frameByteLength: number
  /** Bytes of the largest frame as it is stored, as far as the document tells; 0 without frames. */
  readonly storedFrameByteLength: number
  /** The most bytes of frames, stored and decoded, that `part10` has in memory at a time. */
  readonly heldByteLength: number
  /** Whether bytes are passed on as they come: of a video, or a whole instance. */
  readonly isStreamed: boolean
}

/** What is known of the file of an instance from its metadata alone. */
export interface FileMeasure {
  /** Bytes of the file that `part10` gives. */
  readonly byteLength: number
  /**
   * Whether `byteLength` follows from the document. If not, a code stream may change it by a few bytes (loss to declare,
   * colours to name), or the document lacks the lengths of stored frames, or AHI makes the file.
   */
  readonly isExact: boolean
  /** Bytes of each frame as AHI stores it. */
  readonly storedFrameLengths: readonly number[]
  /** Whether the document states those. If not, they are the lengths of decoded frames. */
  readonly areStoredLengthsExact: boolean
}

/** A frame in memory that its reader can use again, see {@link DicomInstance.borrowFrame}. */
export interface BorrowedFrame {
  readonly pixels: PixelArray
  /** Gives the memory of `pixels` back to the reader. Nothing may read them afterwards. Without it, they are collected. */
  release(): void
}

/** One DICOM instance of an image set. Nothing is fetched, decoded or encoded before it is asked for. */
export interface DicomInstance {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  /** Empty if the document has none. */
  readonly sopClassUid: string
  /** Of the frames in AHI, by the document until one of them shows another; undefined if there are none. */
  readonly storedTransferSyntaxUid: string | undefined
  /** Of what {@link part10} writes: what is expected, and after it what was written. */
  readonly transferSyntaxUid: string
  /**
   * Where the pixels come from: the frames, the whole instance, or nowhere (`none`: there are none, or `headerOnly`).
   * The file of a whole instance has AHI's attributes; those here are the metadata document's in any case.
   */
  readonly source: 'frames' | 'instance' | 'none'
  /** Frames of Pixel Data; 0 for reports, plans and other instances without. */
  readonly frameCount: number
  /** Frames that {@link frame} counts: those in AHI, or those of pixels of real numbers, which are attributes. */
  readonly pictureCount: number
  /** Bytes of one decoded frame; 0 without frames, or if the attributes do not tell. */
  readonly frameByteLength: number
  /**
   * The attributes, in agreement with the pixels that {@link frame} gives. If the frames contradict the document, they
   * agree once {@link frame} or {@link part10} has seen a frame.
   */
  readonly attributes: DicomAttributes
  /**
   * The same as a natural data set of dcmjs, which you install beside this package. It is loaded on first use.
   *
   * @throws {DcmjsMissingError} if dcmjs is not installed
   */
  readonly dataset: Record<string, unknown>
  /** Frames that the last {@link part10} compared with a checksum, and that it could not compare. */
  readonly frameChecks: FrameChecks
  /** Frames of AHI that {@link frame} has given, and whether each was compared with a checksum. */
  readonly pictureChecks: ReadonlyMap<number, boolean>
  /** What a reader of the file that the last {@link part10} gave should know; each code and tag once. */
  readonly notices: readonly InstanceNotice[]
  /** Returns what reading takes, from the metadata alone: nothing is fetched or decoded. */
  describe(options?: Pick<ReadingOptions, 'frameConcurrency'>): InstanceDescription
  /**
   * Returns what is known of the file that {@link part10} gives, from the metadata alone. The attributes are encoded to be
   * measured.
   *
   * @throws {MetadataError} {FrameMismatchError} {InstanceTooLargeError} if `part10` would fail with it before it fetches
   */
  measureFile(): FileMeasure
  /** Decodes and verifies one frame, zero-based. */
  frame(index: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<PixelArray>
  /**
   * Decodes and verifies one frame as {@link frame} does, and lends its memory: many frames that are used one after the
   * other then take no more memory than a few.
   */
  borrowFrame(index: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<BorrowedFrame>
  /**
   * Streams the instance as a DICOM file. A chunk is valid until the next one is asked for. Every frame is verified before
   * its bytes are given; a video, which is not held in memory, before the stream ends.
   */
  part10(options?: ReadingOptions): AsyncIterable<Uint8Array>
}
