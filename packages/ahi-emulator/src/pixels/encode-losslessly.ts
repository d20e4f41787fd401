import type { LosslessStorageFormat } from '@ahi-dicom/dicomizer'
import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
import { encodeInStrips } from './encode-strips.ts'
import type { FrameToEncode } from './frame-encoding.ts'
import { encodeHtj2k, htj2kDecompositions } from './htj2k-encoder.ts'
import type { ImagePixel } from './image-pixel.ts'
import { encodeJpeg2000, jpeg2000Decompositions } from './jpeg2000-encoder.ts'
import { convertSamples, precisionRange, sampleRange, type Samples } from './samples.ts'
import { UnstorableFrameError } from './unstorable-frame-error.ts'

/** A frame in the lossless format of a data store. It was verified to decode to the samples it was encoded from. */
export interface LosslessFrame {
  readonly codeStream: Uint8Array<ArrayBuffer>
  /** The decoded samples: little endian, colour by pixel, in one or two bytes as the precision needs. */
  readonly pixels: Uint8Array
  readonly bitsPerSample: number
  readonly least: number
  readonly greatest: number
}

/**
 * Encodes samples of 8 or 16 bits as HTJ2K lossless (.202) or JPEG 2000 lossless (.90). The precision is BitsStored if
 * every sample fits, otherwise BitsAllocated, so that bits above the stored ones (overlays) are kept.
 * @throws {UnstorableFrameError} if the code stream does not decode to the same samples
 */
export async function encodeLosslessly(
  stored: Samples,
  image: ImagePixel,
  format: LosslessStorageFormat,
): Promise<LosslessFrame> {
  const samples = withSignExtended(stored, image)
  const { least, greatest } = sampleRange(samples)
  const bitsPerSample = precisionOf({ least, greatest }, samples, image)
  const byteWidth = bitsPerSample <= 8 ? 1 : 2
  const { isSigned } = samples
  const pixels = samples.byteWidth === byteWidth ? samples.data : narrow(samples, bitsPerSample)
  const codeStream = await encodeExactly(format, {
    pixels,
    width: image.columns,
    height: image.rows,
    components: image.samplesPerPixel,
    bitsPerSample,
    isSigned,
    useColourTransform: image.samplesPerPixel === 3 && bitsPerSample <= 8 && !isSigned,
  })
  return { codeStream, pixels, bitsPerSample, least, greatest }
}

/** Extends the sign of samples whose unused high bits are 0, which PS3.5 8.1.1 allows. Their values stay the same. */
function withSignExtended(samples: Samples, { bitsStored, bitsAllocated, highBit }: ImagePixel): Samples {
  if (!samples.isSigned || samples.byteWidth === 4 || bitsStored >= bitsAllocated || highBit !== bitsStored - 1) {
    return samples
  }
  const { least, greatest } = sampleRange(samples)
  const isExtended = greatest < 2 ** (bitsStored - 1)
  const isOnlySample = least >= -(2 ** (bitsStored - 1)) && greatest < 2 ** bitsStored
  if (isExtended || !isOnlySample) return samples
  return convertSamples(samples, { bits: bitsStored, byteWidth: samples.byteWidth, isSigned: true })
}

function narrow(samples: Samples, bits: number): Uint8Array {
  return convertSamples(samples, { bits, byteWidth: 1, isSigned: samples.isSigned }).data
}

function precisionOf(
  range: { readonly least: number; readonly greatest: number },
  { isSigned, byteWidth }: Samples,
  { bitsStored }: ImagePixel,
): number {
  const stored = precisionRange(bitsStored, isSigned)
  const fits = bitsStored >= 1 && range.least >= stored.least && range.greatest <= stored.greatest
  return fits ? Math.min(bitsStored, byteWidth * 8) : byteWidth * 8
}

const htj2k = { encode: encodeHtj2k, decompositions: htj2kDecompositions }
const jpeg2000 = { encode: encodeJpeg2000, decompositions: jpeg2000Decompositions }

async function encodeExactly(format: LosslessStorageFormat, frame: FrameToEncode): Promise<Uint8Array<ArrayBuffer>> {
  const codeStream = await encodeInStrips(frame, format === 'HTJ2K' ? htj2k : jpeg2000)
  if (await decodesTo(codeStream, frame)) return codeStream
  throw new UnstorableFrameError(`the ${format} code stream of a frame does not decode to the same samples`)
}

async function decodesTo(codeStream: Uint8Array<ArrayBuffer>, frame: FrameToEncode): Promise<boolean> {
  const decoded = await decodeFrame(codeStream).catch(() => undefined)
  if (decoded === undefined) return false
  return (
    decoded.isSigned === frame.isSigned &&
    decoded.bitsPerSample === frame.bitsPerSample &&
    Buffer.compare(decoded.pixels, frame.pixels) === 0
  )
}
