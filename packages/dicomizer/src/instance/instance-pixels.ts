import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { PixelArray } from '@ahi-dicom/dicom-standard'

import { conformSamples } from '../pixels/conform-samples.ts'
import type { DataSet } from '../data-set/data-set.ts'
import { FrameMismatchError, UnsupportedTransferSyntaxError } from '../errors.ts'
import { floatPixels } from '../pixels/float-pixels.ts'
import { requireAgreement } from '../pixels/frame-agreement.ts'
import type { FrameDecoder, FrameSource, StoredFrame } from '../frames/frames.ts'
import { frameIdentity, loadFrame, type InstanceFrames, type LoadedFrame } from '../frames/instance-frames.ts'
import { nativeFrameByteLength, nativeFrameDecoder } from '../frames/native-frames.ts'
import { requireNativeLength } from '../stream/native-writer.ts'
import type { NoticeCollector } from '../notices.ts'
import type { Part10Envelope } from '../part10/part10.ts'
import { pixelArray } from '../pixels/pixel-array.ts'
import { describePixels, expectedDecoded, type FirstFrame } from '../pixels/pixel-description.ts'
import { hasPixelFormat, numberOf, pixelFormat } from '../pixels/pixel-module.ts'
import { streamFrames } from '../stream/pixel-stream.ts'
import { storedForm, type StoredForm } from '../frames/stored-form.ts'
import { tags } from '@ahi-dicom/dicom-standard'
import {
  explicitVrLittleEndian,
  storedSyntax,
  type LosslessStorageFormat,
  type StoredSyntax,
} from '../frames/transfer-syntax.ts'
import { streamVideo } from '../stream/video-stream.ts'

/** Where pixels come from and how they are written. */
export interface PixelOptions {
  /** Where frames come from. Needed for pixels alone. */
  readonly frameSource?: FrameSource | undefined
  /** What decodes frames. Needed for pixels, and to verify stored ones. */
  readonly frameDecoder?: FrameDecoder | undefined
  /**
   * Default: `explicit` (Explicit VR Little Endian, decoded), which everything reads. `stored` encapsulates the frames as
   * AHI has them, and so does `explicit` where they are in a syntax that is not decoded here.
   */
  readonly transferSyntax?: 'explicit' | 'stored' | undefined
  /** Default: true. Stored frames whose checksum is that of the pixels are decoded for it; decoded ones are always verified. */
  readonly verifyFrames?: boolean | undefined
  /** Default: 4, enough to keep two decoder threads and the next requests busy. Frames of one instance in flight. */
  readonly frameConcurrency?: number | undefined
  /** Default: HTJ2K, AHI's own default. What a missing StoredTransferSyntaxUID means. */
  readonly losslessStorageFormat?: LosslessStorageFormat | undefined
}

/** Whose pixels. */
export interface PixelOrigin {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly sopInstanceUid: string
  readonly instance: InstanceMetadata
  /** The attributes of the document. */
  readonly dataSet: () => DataSet
}

/** How a file is streamed. */
interface StreamOptions {
  readonly encode: (dataSet: DataSet, transferSyntaxUid: string) => Part10Envelope
  readonly onFrame: (isVerified: boolean) => void
  readonly notices: NoticeCollector
  readonly signal: AbortSignal | undefined
}

/** The pixels of one instance. What is said of them is what the document says until a frame was seen. */
export interface InstancePixels {
  readonly identity: InstanceFrames
  /** In which the frames are stored. */
  readonly storedTransferSyntaxUid: string
  /** Of the file that {@link stream} gives. */
  readonly transferSyntaxUid: string
  /** Frames that {@link frame} gives. */
  readonly pictureCount: number
  /** The attributes, in agreement with the pixels that {@link frame} gives. */
  dataSet(): DataSet
  /** Decodes and verifies one frame, zero-based. */
  frame(index: number, signal: AbortSignal | undefined): Promise<PixelArray>
  /** Streams a file with the pixels. */
  stream(options: StreamOptions): AsyncGenerator<Uint8Array, void, undefined>
}

/** Makes the pixels of an instance; nothing is fetched. */
export function createInstancePixels(origin: PixelOrigin, options: PixelOptions): InstancePixels {
  const { instance, datastoreId, imageSetId, sopInstanceUid } = origin
  const images = instance.ImageFrames
  const expected = storedSyntax(instance.StoredTransferSyntaxUID, options.losslessStorageFormat ?? 'HTJ2K')
  const identity: InstanceFrames = {
    datastoreId,
    imageSetId,
    sopInstanceUid,
    frames: images,
    source: options.frameSource,
    decoder: options.frameDecoder,
    nativeDecoder: nativeFrameDecoder(() => pixelFormat(origin.dataSet(), identity)),
  }
  const imported = { images, transferSyntaxUid: importedSyntax(instance) }
  let form: StoredForm | undefined
  let first: FirstFrame | undefined
  let agreed: DataSet | undefined
  let hasOtherLengths = false

  const isDecoded = ({ codec }: StoredSyntax): boolean =>
    codec !== undefined && (codec === 'native' || options.transferSyntax !== 'stored')
  const writtenUid = (syntax: StoredSyntax): string => (isDecoded(syntax) ? explicitVrLittleEndian : syntax.uid)
  const isDescribedDecoded = (): boolean => images.length > 0 && (form?.syntax ?? expected).codec !== undefined

  function recognise(stored: StoredFrame): StoredForm {
    const stated = {
      syntax: expected,
      isStated: instance.StoredTransferSyntaxUID !== undefined,
      hasDecodedChecksums: instance.ChecksumType === 'DECOMPRESSED',
      nativeFrameByteLength: () => nativeFrameByteLength(pixelFormat(origin.dataSet(), identity)),
    }
    return form ?? storedForm(stated, stored)
  }

  function onOtherLength(): void {
    hasOtherLengths = true
  }

  function unsupported(syntax: StoredSyntax, wanted: 'explicit' | 'stored' | 'pixels'): UnsupportedTransferSyntaxError {
    return new UnsupportedTransferSyntaxError(identity, syntax.uid, wanted)
  }

  function dataSet(): DataSet {
    if (first === undefined) return isDescribedDecoded() ? expectedDecoded(origin.dataSet()) : origin.dataSet()
    agreed ??= describe(first, isDescribedDecoded())
    return agreed
  }

  function describe(seen: FirstFrame, decoded: boolean, notices: Pick<NoticeCollector, 'add'> = silent): DataSet {
    const description = describePixels(seen, { dataSet: origin.dataSet(), imported, isDecoded: decoded, notices })
    if (first !== seen) agreed = undefined
    first = seen
    return description
  }

  async function frame(index: number, signal: AbortSignal | undefined): Promise<PixelArray> {
    const floats = images.length === 0 ? floatPixels(origin.dataSet(), identity) : undefined
    if (floats !== undefined) return floats.frame(index)
    frameIdentity(identity, index)
    const known = form?.syntax ?? expected
    if (known.codec === undefined && known.encapsulates) throw unsupported(known, 'pixels')
    const loaded = await loadFrame(identity, index, {
      formOf: recognise,
      isDecoded: ({ syntax, isContradicted }) => {
        if (syntax.codec === undefined && !isContradicted) throw unsupported(syntax, 'pixels')
        return syntax.codec !== undefined
      },
      verify: true,
      decidesForm: form === undefined,
      signal,
    })
    const { decoded } = loaded
    form ??= loaded.form
    if (decoded === undefined) throw unsupported(form.syntax, 'pixels')
    const seen = first?.decoded === undefined ? firstFrameOf(loaded) : first
    const format = pixelFormat(describe(seen, true), identity)
    requireAgreement(decoded, format, { ...loaded, isFirstSigned: seen.decoded?.isSigned ?? decoded.isSigned })
    return pixelArray(conformSamples(decoded, format), format)
  }

  function stream(streaming: StreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const { notices, signal, onFrame } = streaming
    const encode = keepsLast(streaming.encode)
    const verify = options.verifyFrames ?? true
    const early = isDecoded(expected) ? expectedDecoded(origin.dataSet()) : origin.dataSet()
    if (expected.isVideo) {
      requireOneObject(identity)
      if (options.transferSyntax !== 'stored') notices.add(notDecoded(expected))
      const envelope = encode(early, expected.uid)
      const statedByteLength = frameLengths(instance, hasOtherLengths)?.[0]
      const video = { instance: identity, syntax: expected, envelope, statedByteLength, onOtherLength }
      return streamVideo({ ...video, verify: verify && instance.ChecksumType !== 'DECOMPRESSED', signal, onFrame })
    }
    requireFrameCount(early, identity)
    if (isDecoded(expected) && hasPixelFormat(early)) {
      requireNativeLength(pixelFormat(early, identity), images.length, identity)
    }
    encode(early, writtenUid(expected))
    return streamFrames({
      instance: identity,
      recognise: (stored) => {
        const recognised = recognise(stored)
        const { syntax } = recognised
        if (isDecoded(syntax) || syntax.encapsulates) return recognised
        throw unsupported(syntax, options.transferSyntax ?? 'explicit')
      },
      isDecoded: ({ syntax }) => isDecoded(syntax),
      verify,
      describe: (loaded) => {
        form = loaded.form
        const { syntax } = form
        if (syntax.uid !== expected.uid) notices.add(otherSyntax(expected, syntax))
        if (options.transferSyntax !== 'stored' && !isDecoded(syntax)) notices.add(notDecoded(syntax))
        return describe(firstFrameOf(loaded), isDecoded(syntax), notices)
      },
      encode: (described, { syntax }) => encode(described, writtenUid(syntax)),
      frameLengths: () => frameLengths(instance, hasOtherLengths),
      onOtherLength,
      onFrame,
      concurrency: frameConcurrency(options),
      signal,
    })
  }

  return {
    identity,
    get storedTransferSyntaxUid(): string {
      return (form?.syntax ?? expected).uid
    },
    get transferSyntaxUid(): string {
      return writtenUid(form?.syntax ?? expected)
    },
    get pictureCount(): number {
      if (images.length > 0 || !hasFloatPixels(instance)) return images.length
      return floatPixels(origin.dataSet(), identity)?.frameCount ?? 0
    },
    dataSet,
    frame,
    stream,
  }
}

const silent: Pick<NoticeCollector, 'add'> = { add: () => {} }

/** What is kept of a first frame: no pixels. */
function firstFrameOf({ frame, form, decoded, isVerified }: LoadedFrame): FirstFrame {
  const { header, byteLength } = form
  if (decoded === undefined) return { frame, header, byteLength, decoded, isVerified }
  const { width, height, components, bitsPerSample, isSigned } = decoded
  return { frame, header, byteLength, decoded: { width, height, components, bitsPerSample, isSigned }, isVerified }
}

/** Attributes that a first frame confirms are encoded once, before anything is fetched. */
function keepsLast(encode: StreamOptions['encode']): StreamOptions['encode'] {
  let last: { readonly dataSet: DataSet; readonly uid: string; readonly envelope: Part10Envelope } | undefined
  return (dataSet, uid) => {
    if (last?.dataSet !== dataSet || last.uid !== uid) last = { dataSet, uid, envelope: encode(dataSet, uid) }
    return last.envelope
  }
}

/** Documents that name the stored syntax have the stored size of frames; older ones that of the decoded frame. */
function frameLengths(instance: InstanceMetadata, areWrong: boolean): readonly number[] | undefined {
  if (areWrong || instance.StoredTransferSyntaxUID === undefined) return undefined
  const lengths = instance.ImageFrames.map(({ FrameSizeInBytes: length }) => length ?? 0)
  return lengths.every((length) => Number.isSafeInteger(length) && length > 0) ? lengths : undefined
}

function importedSyntax({ DICOM: { TransferSyntaxUID: uid } }: InstanceMetadata): string | undefined {
  return typeof uid === 'string' ? uid.trim() : undefined
}

function hasFloatPixels({ DICOM: attributes }: InstanceMetadata): boolean {
  return 'FloatPixelData' in attributes || 'DoubleFloatPixelData' in attributes
}

function otherSyntax(expected: StoredSyntax, actual: StoredSyntax): Parameters<NoticeCollector['add']>[0] {
  const message = `the frames should be in ${expected.uid} by the metadata and are in ${actual.uid}, as which they are read`
  return { code: 'TRANSFER_SYNTAX_CORRECTED', message }
}

function notDecoded({ uid }: StoredSyntax): Parameters<NoticeCollector['add']>[0] {
  return {
    code: 'PIXELS_NOT_DECODED',
    message: `frames in ${uid} are not decoded; they are encapsulated as they are stored`,
  }
}

function requireFrameCount(dataSet: DataSet, identity: InstanceFrames): void {
  const stated = numberOf(dataSet, tags.numberOfFrames) ?? 1
  const held = identity.frames.length
  if (stated === held) return
  throw new FrameMismatchError(identity, `NumberOfFrames is ${stated} and the image set has ${held} frames`)
}

/** AHI has a video as one frame, whatever NumberOfFrames says. */
function requireOneObject(identity: InstanceFrames): void {
  const held = identity.frames.length
  if (held === 1) return
  throw new FrameMismatchError(identity, `it is a video, which is one object, and the image set has ${held} frames`)
}

function frameConcurrency({ frameConcurrency: concurrency = 4 }: PixelOptions): number {
  if (Number.isInteger(concurrency) && concurrency >= 1) return concurrency
  throw new TypeError(`Expected the \`frameConcurrency\` option to be a positive integer, got \`${concurrency}\``)
}
