import type { AttributeMap, ImageSetInstance } from '@ahi-dicom/ahi-metadata'

import { dicomAttributes, type DicomAttributes } from './attributes.ts'
import type { DataSet } from './data-set.ts'
import { naturalDataSet } from './dcmjs-data-set.ts'
import { FrameMismatchError, UnsupportedTransferSyntaxError } from './errors.ts'
import { fileMetaInformation } from './file-meta.ts'
import type { FrameDecoder, FrameSource } from './frames.ts'
import { frameIdentity, loadDecodedFrame, type InstanceFrames } from './instance-frames.ts'
import { encodeEnvelope, uidOf, type Part10Envelope } from './part10.ts'
import { nativeFrameDecoder } from './native-frames.ts'
import { createNoticeCollector, type InstanceNotice } from './notices.ts'
import { pixelArray, type PixelArray } from './pixel-array.ts'
import { allocatedPixels, checkDecodedFrame, numberOf, pixelFormat, withDecodedPixels } from './pixel-module.ts'
import { streamEncapsulated, streamNative, type FrameChecks, type PixelStreamOptions } from './pixel-stream.ts'
import { resolveInstance, type ResolvedInstance } from './resolve-instance.ts'
import { tags } from './tags.ts'
import {
  explicitVrLittleEndian,
  storedSyntax,
  type LosslessStorageFormat,
  type StoredSyntax,
} from './transfer-syntax.ts'

/** One DICOM instance of an image set. Nothing is fetched, decoded or encoded before it is asked for. */
export interface DicomInstance {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  /** Empty where the document has none. */
  readonly sopClassUid: string
  /** Of the frames in AHI; undefined when there are none. */
  readonly storedTransferSyntaxUid: string | undefined
  /** Of what {@link part10} writes. */
  readonly transferSyntaxUid: string
  /** Frames that AHI holds; 0 for reports, plans and other instances without pixels. */
  readonly frameCount: number
  /** Decoded bytes of one frame; 0 without frames, or where the attributes do not tell. */
  readonly frameByteLength: number
  /** The attributes, in agreement with the pixels that {@link frame} gives. */
  readonly attributes: DicomAttributes
  /** The same as a natural data set of dcmjs, which is loaded on first use. */
  readonly dataset: Record<string, unknown>
  /** Frames that the last {@link part10} compared with a checksum, and that it could not compare. */
  readonly frameChecks: FrameChecks
  /** What a reader of the file that the last {@link part10} gave should know; each code and tag once. */
  readonly notices: readonly InstanceNotice[]
  /** Decodes and verifies one frame, zero-based. */
  frame(index: number, options?: { readonly signal?: AbortSignal | undefined }): Promise<PixelArray>
  /** Streams the instance as a DICOM file. Every frame is verified before its bytes are yielded. */
  part10(options?: { readonly signal?: AbortSignal | undefined }): AsyncIterable<Uint8Array>
}

/** What {@link dicomize} is told besides the metadata. */
export interface DicomizeOptions {
  /** Where frames come from. Needed for pixels alone. */
  readonly frameSource?: FrameSource | undefined
  /** What decodes frames. Needed for pixels, and to verify stored ones. */
  readonly frameDecoder?: FrameDecoder | undefined
  /**
   * Default: `explicit` (Explicit VR Little Endian, decoded), which everything reads. `stored` encapsulates the frames as
   * AHI has them, and so does `explicit` where they are in a syntax that is not decoded here.
   */
  readonly transferSyntax?: 'explicit' | 'stored' | undefined
  /** Default: false. Leaves Pixel Data out. */
  readonly headerOnly?: boolean | undefined
  /** Default: true. Stored frames whose checksum is that of the pixels are decoded for it; decoded ones are always verified. */
  readonly verifyFrames?: boolean | undefined
  /** Default: 4, enough to keep two decoder threads and the next requests busy. Frames of one instance in flight. */
  readonly frameConcurrency?: number | undefined
  /** Default: HTJ2K, AHI's own default. What a missing StoredTransferSyntaxUID means. */
  readonly losslessStorageFormat?: LosslessStorageFormat | undefined
}

/** Where an instance comes from. */
export interface InstanceOrigin extends ImageSetInstance {
  readonly datastoreId: string
  readonly imageSetId: string
}

/** Makes a {@link DicomInstance}. */
export function createInstance(origin: InstanceOrigin, options: DicomizeOptions): DicomInstance {
  const { datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid, instance } = origin
  const frames = instance.ImageFrames
  const syntax = storedSyntax(instance.StoredTransferSyntaxUID, options.losslessStorageFormat ?? 'HTJ2K')
  const writing = pixelWriting(syntax, frames.length, options)
  const instanceFrames: InstanceFrames = {
    datastoreId,
    imageSetId,
    sopInstanceUid,
    frames,
    checksumBasis: instance.ChecksumType === 'DECOMPRESSED' ? 'decoded' : syntax.checksumBasis,
    source: options.frameSource,
    decoder:
      syntax.codec === 'native'
        ? nativeFrameDecoder(() => pixelFormat(content().dataSet, instanceFrames))
        : options.frameDecoder,
  }
  const transferSyntaxUid = writing === 'encapsulated' ? syntax.uid : explicitVrLittleEndian
  const checks = { verified: 0, unverified: 0 }
  const notices = createNoticeCollector()
  let resolved: ResolvedInstance | undefined

  function content(): ResolvedInstance {
    resolved ??= resolveContent(origin, syntax)
    return resolved
  }

  function encode(dataSet: DataSet): Part10Envelope {
    return encodeEnvelope({ dataSet, importedFileMeta: content().fileMeta, transferSyntaxUid, notices }, instanceFrames)
  }

  async function* part10({ signal }: { readonly signal?: AbortSignal | undefined } = {}): AsyncGenerator<Uint8Array> {
    signal?.throwIfAborted()
    checks.verified = 0
    checks.unverified = 0
    notices.clear()
    const { dataSet, notices: ofAttributes } = content()
    for (const notice of ofAttributes) notices.add(notice)
    if (writing === 'none') {
      yield* envelopeChunks(encode(dataSet))
      return
    }
    if (writing === 'unsupported') {
      throw new UnsupportedTransferSyntaxError(instanceFrames, syntax.uid, options.transferSyntax ?? 'explicit')
    }
    checkFrameCount(dataSet, instanceFrames)
    const stream: PixelStreamOptions = {
      frames: instanceFrames,
      dataSet,
      encode,
      concurrency: frameConcurrency(options),
      signal,
      onFrame: (verified) => void (checks[verified ? 'verified' : 'unverified'] += 1),
    }
    if (writing === 'native') yield* streamNative(stream)
    else yield* streamEncapsulated({ ...stream, ...verification(syntax, options), isJpeg2000: syntax.isJpeg2000 })
  }

  async function frame(
    index: number,
    { signal }: { readonly signal?: AbortSignal | undefined } = {},
  ): Promise<PixelArray> {
    signal?.throwIfAborted()
    const identity = frameIdentity(instanceFrames, index)
    if (syntax.codec === undefined) throw new UnsupportedTransferSyntaxError(instanceFrames, syntax.uid, 'pixels')
    const format = pixelFormat(content().dataSet, instanceFrames)
    const { value } = await loadDecodedFrame(instanceFrames, index, signal)
    checkDecodedFrame(value, format, identity)
    return pixelArray(allocatedPixels(value, format), format)
  }

  return {
    datastoreId,
    imageSetId,
    studyInstanceUid: textAttribute(origin.study, 'StudyInstanceUID'),
    seriesInstanceUid,
    sopInstanceUid,
    sopClassUid:
      textAttribute(instance.DICOM, 'SOPClassUID') || textAttribute(instance.DICOM, 'MediaStorageSOPClassUID'),
    storedTransferSyntaxUid: frames.length === 0 ? undefined : syntax.uid,
    transferSyntaxUid,
    frameCount: frames.length,
    get frameByteLength(): number {
      return frames.length === 0 ? 0 : estimatedFrameByteLength(origin)
    },
    get attributes(): DicomAttributes {
      return dicomAttributes(content().dataSet)
    },
    get dataset(): Record<string, unknown> {
      const { dataSet, fileMeta: imported } = content()
      const sopClassUid = uidOf(dataSet, tags.sopClassUid, instanceFrames) ?? ''
      return naturalDataSet(dataSet, fileMetaInformation({ sopClassUid, sopInstanceUid, transferSyntaxUid, imported }))
    },
    get frameChecks(): FrameChecks {
      return { ...checks }
    },
    get notices(): readonly InstanceNotice[] {
      return notices.list()
    },
    frame,
    part10,
  }
}

type PixelWriting = 'none' | 'native' | 'encapsulated' | 'unsupported'

function pixelWriting(syntax: StoredSyntax, frameCount: number, options: DicomizeOptions): PixelWriting {
  if (frameCount === 0 || options.headerOnly === true) return 'none'
  const isNative = syntax.codec === 'native' || (syntax.codec !== undefined && options.transferSyntax !== 'stored')
  if (isNative) return 'native'
  return syntax.encapsulates ? 'encapsulated' : 'unsupported'
}

function resolveContent(origin: InstanceOrigin, syntax: StoredSyntax): ResolvedInstance {
  const { patient, study, series, instance, datastoreId, imageSetId, sopInstanceUid } = origin
  const identity = { datastoreId, imageSetId, sopInstanceUid }
  const resolved = resolveInstance([patient, study, series, instance.DICOM], { vrs: instance.DICOMVRs, identity })
  const isDecodable = instance.ImageFrames.length > 0 && syntax.codec !== undefined
  return isDecodable ? { ...resolved, dataSet: withDecodedPixels(resolved.dataSet) } : resolved
}

function* envelopeChunks(envelope: Part10Envelope): Generator<Uint8Array> {
  yield envelope.head
  if (envelope.tail.length > 0) yield envelope.tail
}

function verification(
  syntax: StoredSyntax,
  options: DicomizeOptions,
): { readonly verify: boolean; readonly decodeToVerify: boolean } {
  return {
    verify: options.verifyFrames ?? true,
    decodeToVerify: syntax.codec !== undefined && options.frameDecoder !== undefined,
  }
}

function checkFrameCount(dataSet: DataSet, instance: InstanceFrames): void {
  const stated = numberOf(dataSet, tags.numberOfFrames) ?? 1
  const held = instance.frames.length
  if (stated === held) return
  throw new FrameMismatchError(instance, `NumberOfFrames is ${stated} and the image set has ${held} frames`)
}

function frameConcurrency({ frameConcurrency: concurrency = 4 }: DicomizeOptions): number {
  if (Number.isInteger(concurrency) && concurrency >= 1) return concurrency
  throw new TypeError(`Expected the \`frameConcurrency\` option to be a positive integer, got \`${concurrency}\``)
}

function textAttribute(attributes: AttributeMap, keyword: string): string {
  const value = attributes[keyword]
  return typeof value === 'string' ? value.trim() : ''
}

/** From the document alone, so that a scheduler can ask it of every instance at little cost. */
function estimatedFrameByteLength({ instance }: InstanceOrigin): number {
  const number = (keyword: string): number => Number(instance.DICOM[keyword] ?? Number.NaN)
  const rows = number('Rows')
  const columns = number('Columns')
  const samples = instance.DICOM['SamplesPerPixel'] === undefined ? 1 : number('SamplesPerPixel')
  const byteLength = rows * columns * samples * Math.ceil(number('BitsAllocated') / 8)
  return Number.isFinite(byteLength) ? byteLength : 0
}
