import { createRequire } from 'node:module'
import { jpegLsLossless, jpegLsNearLossless, rleLossless } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import { canDecode, decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { readCodeStreamEnd, readFrameHeader, type FrameHeader, type JpegHeader } from '@ahi-dicom/htj2k-decoder/headers'
import type { ImagePixel } from './image-pixel.ts'
import { decodeRunLength } from './run-length.ts'
import { convertSamples, interleave, type Samples } from './samples.ts'
import { UnstorableFrameError } from './unstorable-frame-error.ts'

/** The part of dicom-codec 1.0 that imports use. The package has no types. */
interface DicomCodec {
  /** The bytes may be a view of the codec's memory, which the next call overwrites. */
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
  }
}

/** A frame as a codec returns it. */
interface CodecFrame extends Samples {
  /** Bits per sample in the code stream. */
  readonly precision: number
}

/** A header that contains the size of the image. */
type ImageHeader = Exclude<FrameHeader, { readonly kind: 'jpeg-xl' }>

const require = createRequire(import.meta.url)
let loadedCodec: DicomCodec | undefined

/**
 * Decodes a frame of encapsulated pixel data to samples with the width and signedness that the data set specifies. The
 * frame's bytes select the codec, not the transfer syntax, because codecs may return samples even for another format.
 * @throws {UnstorableFrameError} if the frame cannot be decoded, or is not the image that the data set describes
 */
export async function decodeEncapsulatedFrame(
  frame: Uint8Array,
  image: ImagePixel,
  transferSyntaxUid: string,
): Promise<Samples> {
  if (frame.byteLength === 0) throw new UnstorableFrameError('a frame cannot be decoded: it has no bytes')
  const header = readFrameHeader(frame)
  if (header === undefined || header.kind === 'jpeg-xl') {
    if (header === undefined && transferSyntaxUid === rleLossless) return decodeRunLength(frame, image)
    throw new UnstorableFrameError('a frame cannot be decoded: it has an unknown format')
  }
  requireSize(header, image)
  const isJpegLs = header.kind === 'jpeg' && header.process === 'jpeg-ls'
  const decoded = isJpegLs ? await decodeJpegLs(frame, header, image) : await decodeWithHtj2kDecoder(frame, header)
  return asDescribed(decoded, image)
}

async function decodeWithHtj2kDecoder(frame: Uint8Array, header: ImageHeader): Promise<CodecFrame> {
  if (!canDecode(header)) throw new UnstorableFrameError(`a frame cannot be decoded: it is ${nameOf(header)}`)
  try {
    const { pixels, bitsPerSample, isSigned } = await decodeFrame(frame)
    return { data: pixels, byteWidth: bitsPerSample <= 8 ? 1 : 2, isSigned, precision: bitsPerSample }
  } catch (cause) {
    throw new UnstorableFrameError(`a frame cannot be decoded: ${reasonOf(cause)}`, { cause })
  }
}

function nameOf(header: ImageHeader): string {
  const coding = header.kind === 'jpeg' ? `JPEG (${header.process})` : header.kind
  return `${coding} of ${header.components} x ${header.bitsPerSample} bits`
}

async function decodeJpegLs(frame: Uint8Array, header: JpegHeader, image: ImagePixel): Promise<CodecFrame> {
  if (readCodeStreamEnd(frame)?.isMissing !== false)
    throw new UnstorableFrameError('a frame cannot be decoded: it is JPEG-LS without its end marker')
  const syntax = header.isLossy ? jpegLsNearLossless : jpegLsLossless
  const { imageFrame, imageInfo } = await callDicomCodec(frame, image, syntax)
  // Copy the bytes first, because the codec may reuse its memory.
  const bytes = Uint8Array.from(new Uint8Array(imageFrame.buffer, imageFrame.byteOffset, imageFrame.byteLength))
  const { bitsPerSample, width = header.width, height = header.height } = imageInfo
  requireSize({ width, height, components: imageInfo.componentCount ?? header.components }, image)
  const byteWidth = header.bitsPerSample <= 8 ? 1 : 2
  const byteLength = width * height * header.components * byteWidth
  if (bitsPerSample !== header.bitsPerSample || bytes.byteLength !== byteLength) {
    throw new UnstorableFrameError(
      `a JPEG-LS frame of ${header.bitsPerSample} bits decodes to ${bytes.byteLength} bytes of ${bitsPerSample} bits`,
    )
  }
  const isByPlane = header.components > 1 && header.scanComponents === 1
  return {
    data: isByPlane ? interleave(bytes, header.components, byteWidth) : bytes,
    byteWidth,
    isSigned: false,
    precision: bitsPerSample,
  }
}

async function callDicomCodec(frame: Uint8Array, image: ImagePixel, transferSyntaxUid: string): Promise<CodecResult> {
  const { rows, columns, bitsAllocated, samplesPerPixel } = image
  const description = { rows, columns, bitsAllocated, samplesPerPixel, pixelRepresentation: 0, signed: false }
  try {
    return await withSilentConsole(() => dicomCodec().decode(frame, description, transferSyntaxUid))
  } catch (cause) {
    throw new UnstorableFrameError(`a frame cannot be decoded: ${reasonOf(cause)}`, { cause })
  }
}

/**
 * Runs a call with the console silenced. The codecs of dicom-codec print to the console, and keep the functions that
 * they find in their first call. They do so synchronously, so no other code loses its output.
 */
function withSilentConsole<Result>(call: () => Result): Result {
  const { log, warn, error } = console
  Object.assign(console, { log: ignore, warn: ignore, error: ignore })
  try {
    return call()
  } finally {
    Object.assign(console, { log, warn, error })
  }
}

function ignore(): void {}

/** Loads dicom-codec for the first JPEG-LS file. It is not loaded earlier, because it brings six codecs. */
function dicomCodec(): DicomCodec {
  const codec: DicomCodec = loadedCodec ?? require('@cornerstonejs/dicom-codec')
  loadedCodec = codec
  return codec
}

/** Returns the reason for a failure. Codecs also throw strings and numbers. */
function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : `the codec failed (${String(cause)})`
}

function requireSize(
  { width, height, components }: Pick<ImageHeader, 'width' | 'height' | 'components'>,
  { rows, columns, samplesPerPixel }: ImagePixel,
): void {
  if (width === columns && height === rows && components === samplesPerPixel) return
  throw new UnstorableFrameError(
    `a frame decodes to ${width} x ${height} x ${components}, the data set says ${columns} x ${rows} x ${samplesPerPixel}`,
  )
}

/**
 * Converts samples to the width and signedness of the data set. PixelRepresentation takes precedence over the code
 * stream, as for pydicom's J2K_pixelrep_mismatch.
 */
function asDescribed(frame: CodecFrame, { bitsAllocated, isSigned }: ImagePixel): Samples {
  const byteWidth = bitsAllocated <= 8 ? 1 : 2
  if (frame.byteWidth === byteWidth && frame.isSigned === isSigned) return frame
  if (frame.precision > byteWidth * 8) {
    throw new UnstorableFrameError(
      `a frame has ${frame.precision} bits per sample, but the data set allocates ${bitsAllocated}`,
    )
  }
  return convertSamples(frame, { bits: frame.precision, byteWidth, isSigned })
}
