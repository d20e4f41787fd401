import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import type { DicomAttributes, PixelArray } from '@ahi-dicom/dicom-standard'

import type { FrameReader } from '../frames/frame-reader.ts'
import type { LosslessStorageFormat } from '../frames/transfer-syntax.ts'
import type { InstanceNotice } from '../notices.ts'
import type { FrameChecks } from '../stream/pixel-stream.ts'
import type { InstanceSource } from '../whole/instance-source.ts'

/** An entry of a metadata document, with the identifiers of its image set. */
export interface InstanceEntry extends ImageSetInstance {
  readonly datastoreId: string
  readonly imageSetId: string
}

/** Options of {@link dicomizeInstance}. */
export interface DicomizeOptions {
  /** Reads frames. Needed only to read pixels. */
  readonly frameReader?: FrameReader | undefined
  /**
   * Fetches whole instances. Without it, an instance whose frames cannot be used fails, or is written without pixels if
   * it has no frames.
   */
  readonly instanceSource?: InstanceSource | undefined
  /**
   * Origin of the pixels. `frames`: the frames, or the whole instance if the frames cannot be used. `instance`: always
   * the whole instance, as a file that AHI writes in the `transferSyntax`. Default `frames`.
   */
  readonly source?: 'frames' | 'instance' | undefined
  /**
   * `explicit`: decoded pixels in Explicit VR Little Endian, which every reader can read. `stored`: frames encapsulated
   * as AHI stores them. With `explicit`, frames that cannot be decoded are encapsulated too. Default `explicit`.
   */
  readonly transferSyntax?: 'explicit' | 'stored' | undefined
  /**
   * Whether stored frames are verified. Frames whose checksum covers the pixels are decoded for that. Decoded frames
   * are always verified. Default true.
   */
  readonly verifyFrames?: boolean | undefined
  /** Whether Pixel Data is left out. Default false. */
  readonly headerOnly?: boolean | undefined
  /** The stored format if the document has no StoredTransferSyntaxUID. Default HTJ2K, which is AHI's default too. */
  readonly losslessStorageFormat?: LosslessStorageFormat | undefined
}

/** Options for reading an instance. */
export interface ReadingOptions {
  readonly signal?: AbortSignal | undefined
  /** Number of frames in flight. Default 4, which keeps two decoding threads and the next requests busy. */
  readonly frameConcurrency?: number | undefined
}

/** The cost of reading an instance, according to its metadata. */
export interface InstanceDescription {
  /** See {@link DicomInstance.source}. */
  readonly source: DicomInstance['source']
  /** Number of frames in Pixel Data. */
  readonly frameCount: number
  /** Bytes of one decoded frame. 0 without frames, or if the attributes do not state their size. */
  readonly frameByteLength: number
  /** Bytes of the largest stored frame that the document states. 0 without frames. */
  readonly storedFrameByteLength: number
  /** The most bytes of frames, stored and decoded, that `part10` holds in memory. */
  readonly heldByteLength: number
  /** True if bytes are yielded as they arrive, as for a video or a whole instance. */
  readonly isStreamed: boolean
}

/** Size of an instance's file, according to its metadata. */
export interface FileMeasure {
  /** Bytes of the file that `part10` returns. */
  readonly byteLength: number
  /**
   * True if `byteLength` is certain. If false, a code stream may change it by a few bytes (lossy compression to
   * declare, another colour space), the document lacks the lengths of stored frames, or AHI makes the file.
   */
  readonly isExact: boolean
  /** Bytes of each frame as AHI stores it. */
  readonly storedFrameLengths: readonly number[]
  /** True if the document states these lengths. If false, they are the lengths of decoded frames. */
  readonly areStoredLengthsExact: boolean
}

/** A frame whose memory its reader can reuse. See {@link DicomInstance.borrowFrame}. */
export interface BorrowedFrame {
  readonly pixels: PixelArray
  /**
   * Gives the memory of `pixels` back to the reader. Do not read them afterwards. Without this call the memory is
   * garbage collected.
   */
  release(): void
}

/** One DICOM instance of an image set. Nothing is fetched, decoded or encoded until you ask for it. */
export interface DicomInstance {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  /** Empty if the document has none. */
  readonly sopClassUid: string
  /**
   * Transfer syntax of the frames in AHI: the stated one, until a frame shows another. Undefined if there are no
   * frames.
   */
  readonly storedTransferSyntaxUid: string | undefined
  /** Transfer syntax of the file: the expected one, and after {@link part10} the written one. */
  readonly transferSyntaxUid: string
  /**
   * Origin of the pixels: the frames, the whole instance, or `none` (no pixels, or `headerOnly`). The file of a whole
   * instance has AHI's attributes. `attributes` and `dataset` always come from the metadata document.
   */
  readonly source: 'frames' | 'instance' | 'none'
  /** Number of frames in Pixel Data. 0 for reports, plans and other instances without pixels. */
  readonly frameCount: number
  /** Number of frames that {@link frame} can return: frames in AHI, or float pixels, which are attributes. */
  readonly pictureCount: number
  /** Bytes of one decoded frame. 0 without frames, or if the attributes do not state their size. */
  readonly frameByteLength: number
  /**
   * The attributes, in agreement with the pixels that {@link frame} returns. If frames contradict the document, the
   * attributes are corrected when {@link frame} or {@link part10} has read the first frame.
   */
  readonly attributes: DicomAttributes
  /**
   * The attributes as a natural data set of dcmjs, which you install beside this package. The first use loads it.
   *
   * @throws {DcmjsMissingError} if dcmjs is not installed
   */
  readonly dataset: Record<string, unknown>
  /** How many frames the last {@link part10} compared with a checksum, and how many it could not compare. */
  readonly frameChecks: FrameChecks
  /** The frames of AHI that {@link frame} has returned, and whether each was compared with a checksum. */
  readonly pictureChecks: ReadonlyMap<number, boolean>
  /** Notices about the file that the last {@link part10} returned. Each code and tag occurs once. */
  readonly notices: readonly InstanceNotice[]
  /** Returns the cost of reading the instance. Uses only the metadata: nothing is fetched or decoded. */
  describe(options?: Pick<ReadingOptions, 'frameConcurrency'>): InstanceDescription
  /**
   * Returns the size of the file that {@link part10} returns. Uses only the metadata. Encodes the attributes to measure
   * them.
   *
   * @throws {MetadataError} {FrameMismatchError} {InstanceTooLargeError} if `part10` would throw it before it fetches a
   * frame
   */
  measureFile(): FileMeasure
  /** Decodes and verifies one frame, zero-based. */
  frame(index: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<PixelArray>
  /**
   * Returns a frame like {@link frame}, and lends its memory. Release each frame before the next one to read many
   * frames in little memory.
   */
  borrowFrame(index: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<BorrowedFrame>
  /**
   * Yields the instance as a DICOM file. A chunk is valid until the next one is read. The bytes of a frame are yielded
   * after it was verified. A video is verified at its end, because it is not held in memory.
   */
  part10(options?: ReadingOptions): AsyncIterable<Uint8Array>
}
