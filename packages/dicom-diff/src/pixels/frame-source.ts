import { inflateRawSync } from 'node:zlib'
import { tags } from '@ahi-dicom/dicom-standard'
import type { ByteRange, ByteSource, FileElement } from '@ahi-dicom/dicom-standard/reader'
import { lookUpTransferSyntax, type TransferSyntax } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import {
  canDecode,
  CodeStreamError,
  decodeFrame,
  DecodeTimeoutError,
  type DecodedFrame,
} from '@ahi-dicom/htj2k-decoder'
import { readFrameHeader, type FrameHeader } from '@ahi-dicom/htj2k-decoder/headers'
import { FrameFailure } from './frame-failure.ts'
import { frameFragments, readFragments } from './fragments.ts'
import { storedSamples, type Image } from './image.ts'
import { jpegLsSamples } from './jpeg-ls.ts'
import { inLittleEndian, nativeSamples, unpackedBits } from './native-frame.ts'
import { runLengthSamples } from './run-length.ts'
import { reinterpret, viewSamples, type Samples, type SampleValues } from './samples.ts'

/** Decodes a code stream, such as `decode` of a decoder pool. */
export type DecodeCodeStream = (codeStream: Uint8Array<ArrayBuffer>) => Promise<DecodedFrame>

/** A file with pixel data. */
export interface PixelFile {
  readonly dataSet: ReadonlyMap<number, FileElement>
  readonly source: ByteSource
  readonly transferSyntaxUid: string
  readonly image: Image
  /** Decodes code streams that htj2k-decoder supports. Default: in this thread. */
  readonly decode?: DecodeCodeStream | undefined
}

/** The frames of a file, read one by one. */
export interface FrameSource {
  readonly image: Image
  /** Number of frames in the pixel data. */
  readonly count: number
  /** False if a Basic Offset Table points elsewhere. */
  readonly isTableRight: boolean
  readonly transferSyntaxUid: string
  /** Transfer syntax of encapsulated frames. `undefined` if frames are uncompressed or their syntax is unknown. */
  readonly syntax: TransferSyntax | undefined
  /** Fragments of each frame. `undefined` if the pixel data is not encapsulated. */
  readonly fragments: readonly (readonly ByteRange[])[] | undefined
  readonly source: ByteSource
  /** Header of the first frame, if it has one. */
  readonly header: FrameHeader | undefined
  /** Reads a stored frame. */
  stored(frame: number): Promise<Uint8Array>
  /**
   * Decodes a stored frame.
   *
   * @throws {FrameFailure} if it is damaged or cannot be decoded
   */
  samples(stored: Uint8Array): Promise<Samples>
}

/** Opens the pixel data of a file. */
export async function openFrames(file: PixelFile): Promise<FrameSource> {
  const element = file.dataSet.get(tags.pixelData)
  if (element?.fragmentPlaces === undefined) return openNative(file, element)
  return await openEncapsulated(file, element.fragmentPlaces)
}

function openNative({ image, source, transferSyntaxUid }: PixelFile, element: FileElement | undefined): FrameSource {
  const byteLength = element?.place?.byteLength ?? 0
  const bitsOfFrame = storedSamples(image) * image.bitsAllocated
  return {
    image,
    count: Math.floor((byteLength * 8) / bitsOfFrame),
    isTableRight: true,
    transferSyntaxUid,
    syntax: undefined,
    fragments: undefined,
    source,
    header: undefined,
    async stored(frame) {
      const firstBit = frame * bitsOfFrame
      const start = Math.floor(firstBit / 8)
      const bytes = await readNative(source, { start, end: Math.ceil((firstBit + bitsOfFrame) / 8) }, element, image)
      return image.bitsAllocated === 1 ? unpackedBits(bytes, firstBit - start * 8, bitsOfFrame) : bytes
    },
    samples: async (stored) => sized(image, image.bitsAllocated === 1 ? stored : nativeSamples(stored, image)),
  }
}

/** Reads whole words of native pixel data as little endian. In big endian OW, bytes are in pairs. */
async function readNative(
  source: ByteSource,
  { start, end }: { readonly start: number; readonly end: number },
  element: FileElement | undefined,
  image: Image,
): Promise<Uint8Array> {
  const { place = { offset: 0, byteLength: 0 }, vr = 'OW', isBigEndian = false } = element ?? {}
  const first = start - (start % 2)
  const last = Math.min(end + (end % 2), place.byteLength)
  const bytes = await source.read(place.offset + first, Math.max(0, last - first))
  const ordered = isBigEndian ? inLittleEndian(bytes, vr, image) : bytes
  return ordered.subarray(start - first, end - first)
}

async function openEncapsulated(file: PixelFile, places: readonly ByteRange[]): Promise<FrameSource> {
  const { image, source, dataSet, transferSyntaxUid } = file
  const syntax = lookUpTransferSyntax(transferSyntaxUid)
  const { frames, isTableRight } =
    syntax?.isVideo === true
      ? { frames: [places.slice(1)], isTableRight: true }
      : await frameFragments(source, places, { dataSet, frames: image.frames })
  const [first] = frames
  const stored = async (frame: number): Promise<Uint8Array> => await readFragments(source, frames[frame] ?? [])
  const header = first === undefined || syntax?.isVideo === true ? undefined : readFrameHeader(await stored(0))
  return {
    image,
    count: syntax?.isVideo === true ? image.frames : frames.length,
    isTableRight,
    transferSyntaxUid,
    syntax,
    fragments: frames,
    source,
    header,
    stored,
    samples: async (bytes) => await decodedSamples(bytes, file, syntax),
  }
}

async function decodedSamples(
  bytes: Uint8Array,
  file: PixelFile,
  syntax: TransferSyntax | undefined,
): Promise<Samples> {
  const { image } = file
  if (bytes.byteLength === 0) throw new FrameFailure('FRAME_DAMAGED', 'a frame has no bytes')
  const header = readFrameHeader(bytes)
  if (header === undefined) return sized(image, await otherSamples(bytes, image, syntax))
  if (header.kind === 'jpeg' && header.process === 'jpeg-ls') {
    const { width, height, components, bitsPerSample } = header
    const values = await jpegLsSamples(bytes, header)
    return signed({ width, height, components, values }, bitsPerSample, false, image)
  }
  if (!canDecode(header)) throw new FrameFailure('FRAME_NOT_DECODED', `frames of ${nameOf(header)} are not decoded`)
  return await codeStreamSamples(bytes, file)
}

async function codeStreamSamples(bytes: Uint8Array, { image, decode = decodeFrame }: PixelFile): Promise<Samples> {
  try {
    const { pixels, width, height, components, bitsPerSample, isSigned } = await decode(Uint8Array.from(bytes))
    const values = viewSamples(pixels, bitsPerSample <= 8 ? 1 : 2, isSigned)
    if (values === undefined) throw new FrameFailure('FRAME_NOT_DECODED', 'a frame has samples of another width')
    return signed({ width, height, components, values }, bitsPerSample, isSigned, image)
  } catch (cause) {
    if (cause instanceof DecodeTimeoutError) throw new FrameFailure('FRAME_NOT_DECODED', cause.message, { cause })
    if (!(cause instanceof CodeStreamError)) throw cause
    const code = cause.code === 'CODE_STREAM_INVALID' ? 'FRAME_DAMAGED' : 'FRAME_NOT_DECODED'
    throw new FrameFailure(code, cause.message, { cause })
  }
}

/** Applies the sign of PixelRepresentation, which may differ from the sign in the code stream. */
function signed(samples: Samples, bits: number, isSigned: boolean, image: Image): Samples {
  if (isSigned === image.isSigned) return samples
  return { ...samples, values: reinterpret(samples.values, bits, image.isSigned), codedValues: samples.values }
}

/** Decodes frames without a header of their own. The transfer syntax decides. */
async function otherSamples(
  bytes: Uint8Array,
  image: Image,
  syntax: TransferSyntax | undefined,
): Promise<SampleValues> {
  if (syntax?.codeStream === 'rle') return runLengthSamples(bytes, image)
  const isUncompressed = syntax?.isEncapsulated === true && syntax.codeStream === undefined
  if (syntax?.codeStream !== 'deflate' && !isUncompressed) {
    throw new FrameFailure(
      'FRAME_NOT_DECODED',
      `frames of ${syntax?.name ?? 'an unknown transfer syntax'} are not decoded`,
    )
  }
  const stored = isUncompressed ? bytes : inflate(bytes, image)
  if (image.bitsAllocated === 1) return unpackedBits(stored, 0, storedSamples(image))
  return nativeSamples(stored, image)
}

function inflate(bytes: Uint8Array, image: Image): Uint8Array {
  try {
    return inflateRawSync(bytes, { maxOutputLength: Math.ceil((storedSamples(image) * image.bitsAllocated) / 8) + 1 })
  } catch (cause) {
    throw new FrameFailure('FRAME_DAMAGED', 'a deflated frame cannot be inflated', { cause })
  }
}

function sized({ rows, columns, samplesPerPixel }: Image, values: SampleValues): Samples {
  return { values, width: columns, height: rows, components: samplesPerPixel }
}

function nameOf(header: FrameHeader): string {
  if (header.kind === 'jpeg-xl') return 'JPEG XL'
  const coding = header.kind === 'jpeg' ? `JPEG (${header.process})` : header.kind
  return `${coding} of ${header.components} x ${header.bitsPerSample} bits`
}
