import type { AttributeMap, ImageSetInstance } from '@ahi-dicom/ahi-metadata'

import { dicomAttributes } from '../data-set/attributes.ts'
import type { DataSet } from '../data-set/data-set.ts'
import { naturalDataSet } from '../data-set/dcmjs-data-set.ts'
import { fileMetaInformation } from '../part10/file-meta.ts'
import { createInstancePixels, type PixelOptions } from './instance-pixels.ts'
import type { InstanceSource } from './instance-source.ts'
import { createNoticeCollector, type InstanceNotice } from '../notices.ts'
import { encodeEnvelope, uidOf, type Part10Envelope } from '../part10/part10.ts'
import type { DicomAttributes, PixelArray } from '@ahi-dicom/dicom-standard'
import type { FrameChecks } from '../stream/pixel-stream.ts'
import { resolveInstance, type ResolvedInstance } from '../document/resolve-instance.ts'
import { tags } from '@ahi-dicom/dicom-standard'
import { explicitVrLittleEndian } from '../frames/transfer-syntax.ts'

/** One DICOM instance of an image set. Nothing is fetched, decoded or encoded before it is asked for. */
export interface DicomInstance {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  /** Empty where the document has none. */
  readonly sopClassUid: string
  /** Of the frames in AHI, by the document until one of them shows another; undefined when there are none. */
  readonly storedTransferSyntaxUid: string | undefined
  /** Of what {@link part10} writes: what is expected, and after it what was written. */
  readonly transferSyntaxUid: string
  /**
   * Where the pixels come from: the frames, the whole instance, or nowhere (`none`: there are none, or `headerOnly`).
   * Of a whole instance the file has AHI's attributes; those here are the metadata document's in any case.
   */
  readonly source: 'frames' | 'instance' | 'none'
  /** Frames of Pixel Data; 0 for reports, plans and other instances without. */
  readonly frameCount: number
  /** Frames that {@link frame} counts: those in AHI, or of pixels of real numbers, which are attributes, theirs. */
  readonly pictureCount: number
  /** Decoded bytes of one frame; 0 without frames, or where the attributes do not tell. */
  readonly frameByteLength: number
  /**
   * The attributes, in agreement with the pixels that {@link frame} gives. Where the frames contradict the document they
   * are in agreement once {@link frame} or {@link part10} has seen a frame.
   */
  readonly attributes: DicomAttributes
  /** The same as a natural data set of dcmjs, which is loaded on first use. */
  readonly dataset: Record<string, unknown>
  /** Frames that the last {@link part10} compared with a checksum, and that it could not compare. */
  readonly frameChecks: FrameChecks
  /** What a reader of the file that the last {@link part10} gave should know; each code and tag once. */
  readonly notices: readonly InstanceNotice[]
  /** Decodes and verifies one frame, zero-based. */
  frame(index: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<PixelArray>
  /**
   * Streams the instance as a DICOM file. Every frame is verified before its bytes are yielded; a video object, which is
   * not held in memory, before the stream ends.
   */
  part10(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<Uint8Array>
}

/** What {@link dicomize} is told besides the metadata. */
export interface DicomizeOptions extends PixelOptions {
  /** Where whole instances come from. Without it those whose frames cannot serve fail, or are written without pixels. */
  readonly instanceSource?: InstanceSource | undefined
  /**
   * Default: `frames`, and the whole instance where they cannot serve. `instance`: every instance comes as a whole, a file
   * of AHI's making, in the `transferSyntax` (Explicit VR Little Endian, or as it is stored).
   */
  readonly source?: 'frames' | 'instance' | undefined
  /** Default: false. Leaves Pixel Data out. */
  readonly headerOnly?: boolean | undefined
}

/** Where an instance comes from. */
export interface InstanceOrigin extends ImageSetInstance {
  readonly datastoreId: string
  readonly imageSetId: string
}

/** An instance that is made from its metadata and its frames. */
export interface InstanceOfFrames extends DicomInstance {
  /** Whether the document lacks binary values that only the whole instance has. */
  hasSeparateBulkData(): boolean
}

/** Makes an {@link InstanceOfFrames}. */
export function createInstance(origin: InstanceOrigin, options: DicomizeOptions): InstanceOfFrames {
  const { datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid, instance } = origin
  const frameCount = instance.ImageFrames.length
  const hasPixels = frameCount > 0 && options.headerOnly !== true
  const checks = { verified: 0, unverified: 0 }
  const notices = createNoticeCollector()
  let resolved: ResolvedInstance | undefined

  function content(): ResolvedInstance {
    resolved ??= resolveContent(origin)
    return resolved
  }

  const pixels = createInstancePixels({ ...origin, dataSet: () => content().dataSet }, options)
  const { identity } = pixels

  function encode(dataSet: DataSet, transferSyntaxUid: string): Part10Envelope {
    return encodeEnvelope({ dataSet, importedFileMeta: content().fileMeta, transferSyntaxUid, notices }, identity)
  }

  async function* part10({ signal }: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<Uint8Array> {
    signal?.throwIfAborted()
    checks.verified = 0
    checks.unverified = 0
    notices.clear()
    for (const notice of content().notices) notices.add(notice)
    const onFrame = (isVerified: boolean): void => void (checks[isVerified ? 'verified' : 'unverified'] += 1)
    if (hasPixels) yield* pixels.stream({ encode, onFrame, notices, signal })
    else yield* envelopeChunks(encode(pixels.dataSet(), explicitVrLittleEndian))
  }

  return {
    datastoreId,
    imageSetId,
    studyInstanceUid: textAttribute(origin.study, 'StudyInstanceUID'),
    seriesInstanceUid,
    sopInstanceUid,
    sopClassUid:
      textAttribute(instance.DICOM, 'SOPClassUID') || textAttribute(instance.DICOM, 'MediaStorageSOPClassUID'),
    get storedTransferSyntaxUid(): string | undefined {
      return frameCount === 0 ? undefined : pixels.storedTransferSyntaxUid
    },
    get transferSyntaxUid(): string {
      return hasPixels ? pixels.transferSyntaxUid : explicitVrLittleEndian
    },
    source: hasPixels ? 'frames' : 'none',
    frameCount,
    get pictureCount(): number {
      return pixels.pictureCount
    },
    get frameByteLength(): number {
      return frameCount === 0 ? 0 : estimatedFrameByteLength(origin)
    },
    get attributes(): DicomAttributes {
      return dicomAttributes(pixels.dataSet())
    },
    get dataset(): Record<string, unknown> {
      const { dataSet, fileMeta: imported } = content()
      const sopClassUid = uidOf(dataSet, tags.sopClassUid, identity) ?? ''
      const transferSyntaxUid = hasPixels ? pixels.transferSyntaxUid : explicitVrLittleEndian
      const fileMeta = fileMetaInformation({ sopClassUid, sopInstanceUid, transferSyntaxUid, imported })
      return naturalDataSet(pixels.dataSet(), fileMeta)
    },
    get frameChecks(): FrameChecks {
      return { ...checks }
    },
    get notices(): readonly InstanceNotice[] {
      return notices.list()
    },
    async frame(index, { signal } = {}) {
      signal?.throwIfAborted()
      return pixels.frame(index, signal)
    },
    hasSeparateBulkData: () => content().hasSeparateBulkData,
    part10,
  }
}

function resolveContent({ patient, study, series, instance, ...identity }: InstanceOrigin): ResolvedInstance {
  return resolveInstance([patient, study, series, instance.DICOM], { vrs: instance.DICOMVRs, identity })
}

function* envelopeChunks(envelope: Part10Envelope): Generator<Uint8Array> {
  yield envelope.head
  if (envelope.tail.length > 0) yield envelope.tail
}

function textAttribute(attributes: AttributeMap, keyword: string): string {
  const value = attributes[keyword]
  return typeof value === 'string' ? value.trim() : ''
}

/** From the document alone, so that a scheduler can ask it of every instance at little cost. */
export function estimatedFrameByteLength({ instance }: InstanceOrigin): number {
  const number = (keyword: string): number => Number(instance.DICOM[keyword] ?? Number.NaN)
  const rows = number('Rows')
  const columns = number('Columns')
  const samples = instance.DICOM['SamplesPerPixel'] === undefined ? 1 : number('SamplesPerPixel')
  const byteLength = rows * columns * samples * Math.ceil(number('BitsAllocated') / 8)
  return Number.isFinite(byteLength) ? byteLength : 0
}
