import { createRequire } from 'node:module'
import {
  htj2kLossless,
  htj2kLosslessRpcl,
  jpeg2000Lossless,
  jpegBaseline,
  jpegExtended,
  jpegLossless,
  jpegLosslessSv1,
  jpegLsLossless,
  jpegLsNearLossless,
  rleLossless,
} from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { readFrameHeader, type JpegHeader } from '@ahi-dicom/htj2k-decoder/headers'
import type { ImagePixel } from './image-pixel.ts'
import { padLosslessJpeg } from './pad-lossless-jpeg.ts'
import { decodeRunLength } from './run-length.ts'
import { convertSamples, interleave, type Samples } from './samples.ts'
import { UnstorableFrameError } from './unstorable-frame-error.ts'

/** Of JPEG 2000, dicom-codec takes negative samples of 8 bits for 0. */
const jpeg2000Syntaxes = new Set<string>([jpeg2000Lossless, htj2kLossless, htj2kLosslessRpcl])
const jpegLsSyntaxes = new Set<string>([jpegLsLossless, jpegLsNearLossless])
const losslessJpegSyntaxes = new Set<string>([jpegLossless, jpegLosslessSv1])

/** The part of dicom-codec 1.0 that importing uses; the package has no types. */
interface DicomCodec {
  /** The bytes may be a view of the codec's memory, gone with the next call. */
  decode(frame: Uint8Array, image: CodecImage, transferSyntaxUid: string): Promise<CodecResult>
}

interface CodecImage extends Pick<ImagePixel, 'rows' | 'columns' | 'bitsAllocated' | 'samplesPerPixel'> {
  readonly pixelRepresentation: number
  readonly signed: boolean
}

interface CodecResult {
  readonly imageFrame: ArrayBufferView
  readonly imageInfo: {
    readonly width?: number
    readonly height?: number
    readonly bitsPerSample: number
    readonly componentCount?: number
    readonly isSigned?: boolean
  }
}

/** A frame as a codec hands it out. */
interface CodecFrame extends Samples {
  /** Bits of a sample in the code stream. */
  readonly precision: number
}

const require = createRequire(import.meta.url)
let loadedCodec: DicomCodec | undefined

/**
 * Decodes one frame of encapsulated pixel data to samples of the width and signedness that the data set gives them.
 * @throws {UnstorableFrameError} where the frame cannot be decoded, or is not the image that the data set describes
 */
export async function decodeEncapsulatedFrame(
  frame: Uint8Array,
  image: ImagePixel,
  transferSyntaxUid: string,
): Promise<Samples> {
  if (transferSyntaxUid === rleLossless) return decodeRunLength(frame, image)
  const decoded = jpeg2000Syntaxes.has(transferSyntaxUid)
    ? await decodeWithHtj2kDecoder(frame, image)
    : await decodeWithDicomCodec(frame, image, transferSyntaxUid)
  return asDescribed(decoded, image)
}

async function decodeWithHtj2kDecoder(frame: Uint8Array, image: ImagePixel): Promise<CodecFrame> {
  try {
    const { pixels, bitsPerSample, isSigned, width, height, components } = await decodeFrame(frame)
    requireSize({ width, height, components }, image)
    return { data: pixels, byteWidth: bitsPerSample <= 8 ? 1 : 2, isSigned, precision: bitsPerSample }
  } catch (cause) {
    if (cause instanceof UnstorableFrameError) throw cause
    throw new UnstorableFrameError(`a frame cannot be decoded: ${reasonOf(cause)}`, { cause })
  }
}

async function decodeWithDicomCodec(
  frame: Uint8Array,
  image: ImagePixel,
  transferSyntaxUid: string,
): Promise<CodecFrame> {
  const header = jpegHeaderOf(frame)
  const { imageFrame, imageInfo } = await callDicomCodec(
    losslessJpegSyntaxes.has(transferSyntaxUid) ? padLosslessJpeg(frame) : frame,
    image,
    codecSyntax(transferSyntaxUid, header?.bitsPerSample),
  )
  // Copied before anything else: the codec's memory may be the next one's.
  const bytes = Uint8Array.from(new Uint8Array(imageFrame.buffer, imageFrame.byteOffset, imageFrame.byteLength))
  const { width, height, componentCount: components } = imageInfo
  requireSize({ width, height, components }, image)
  const byteWidth = byteWidthOf(bytes, image)
  const isByPlane = jpegLsSyntaxes.has(transferSyntaxUid) && image.samplesPerPixel > 1 && header?.scanComponents === 1
  return {
    data: isByPlane ? interleave(bytes, image.samplesPerPixel, byteWidth) : bytes,
    byteWidth,
    isSigned: imageInfo.isSigned === true,
    precision: losslessJpegSyntaxes.has(transferSyntaxUid)
      ? (header?.bitsPerSample ?? image.bitsAllocated)
      : imageInfo.bitsPerSample,
  }
}

function jpegHeaderOf(frame: Uint8Array): JpegHeader | undefined {
  const header = readFrameHeader(frame)
  return header?.kind === 'jpeg' ? header : undefined
}

/** dicom-codec has no decoder for extended JPEG; that of baseline JPEG knows the 8-bit ones. */
function codecSyntax(transferSyntaxUid: string, precision: number | undefined): string {
  if (transferSyntaxUid !== jpegExtended) return transferSyntaxUid
  if (precision === 8) return jpegBaseline
  throw new UnstorableFrameError(
    `JPEG Extended of ${precision ?? 'unknown'} bits cannot be decoded, only that of 8 bits`,
  )
}

async function callDicomCodec(frame: Uint8Array, image: ImagePixel, transferSyntaxUid: string): Promise<CodecResult> {
  const { rows, columns, bitsAllocated, samplesPerPixel } = image
  const description = { rows, columns, bitsAllocated, samplesPerPixel, pixelRepresentation: 0, signed: false }
  try {
    return await quietly(() => dicomCodec().decode(frame, description, transferSyntaxUid))
  } catch (cause) {
    throw new UnstorableFrameError(`a frame cannot be decoded: ${reasonOf(cause)}`, { cause })
  }
}

/**
 * The codecs of dicom-codec print to the console, and take hold of its functions when they start, which happens in the
 * first call, before it waits for anything. Nobody else runs meanwhile.
 */
function quietly<Result>(call: () => Result): Result {
  const { log, warn, error } = console
  Object.assign(console, { log: ignore, warn: ignore, error: ignore })
  try {
    return call()
  } finally {
    Object.assign(console, { log, warn, error })
  }
}

function ignore(): void {}

/** Loaded when a file needs it: it brings six codecs. */
function dicomCodec(): DicomCodec {
  const codec: DicomCodec = loadedCodec ?? require('@cornerstonejs/dicom-codec')
  loadedCodec = codec
  return codec
}

/** Codecs throw strings and numbers as well. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : `the codec gave up (${String(cause)})`
}

function requireSize(
  decoded: {
    readonly width: number | undefined
    readonly height: number | undefined
    readonly components: number | undefined
  },
  { rows, columns, samplesPerPixel }: ImagePixel,
): void {
  const { width = columns, height = rows, components = samplesPerPixel } = decoded
  if (width === columns && height === rows && components === samplesPerPixel) return
  throw new UnstorableFrameError(
    `a frame decodes to ${width} x ${height} x ${components}, the data set says ${columns} x ${rows} x ${samplesPerPixel}`,
  )
}

function byteWidthOf(bytes: Uint8Array, { rows, columns, samplesPerPixel }: ImagePixel): 1 | 2 {
  const byteWidth = bytes.byteLength / (rows * columns * samplesPerPixel)
  if (byteWidth === 1 || byteWidth === 2) return byteWidth
  throw new UnstorableFrameError(
    `a frame decodes to ${bytes.byteLength} bytes, which is no ${columns} x ${rows} x ${samplesPerPixel} image`,
  )
}

/** PixelRepresentation is what counts where the code stream disagrees with it, as in J2K_pixelrep_mismatch of pydicom. */
function asDescribed(frame: CodecFrame, { bitsAllocated, isSigned }: ImagePixel): Samples {
  const byteWidth = bitsAllocated <= 8 ? 1 : 2
  if (frame.byteWidth === byteWidth && frame.isSigned === isSigned) return frame
  if (frame.precision > byteWidth * 8) {
    throw new UnstorableFrameError(
      `a frame has ${frame.precision} bits a sample, the data set ${bitsAllocated} for them`,
    )
  }
  return convertSamples(frame, { bits: frame.precision, byteWidth, isSigned })
}
