import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'
import type { PixelFormat } from './pixel-module.ts'

/**
 * Returns little-endian samples with the width of BitsAllocated and the sign of PixelRepresentation. A code stream of
 * at most 8 bits decodes to one byte a sample, so its samples are widened if the data set allocates 16 or 32 bits. If
 * its sign differs from the data set's, the bits of its precision are read with the data set's sign, as in pydicom.
 */
export function conformSamples(
  decoded: DecodedFrame,
  { bitsAllocated, isSigned }: PixelFormat,
): Uint8Array<ArrayBuffer> {
  const { bitsPerSample, pixels } = decoded
  const from = Math.ceil(bitsPerSample / 8)
  const to = Math.ceil(bitsAllocated / 8)
  if (from === to && decoded.isSigned === isSigned) return pixels
  const source = new DataView(pixels.buffer, pixels.byteOffset, pixels.byteLength)
  const samples = pixels.length / from
  const conformed = new Uint8Array(samples * to)
  const target = new DataView(conformed.buffer)
  const above = 32 - bitsPerSample
  for (let sample = 0; sample < samples; sample++) {
    const bits = readBits(source, sample, from) << above
    writeBits(target, sample, to, isSigned ? bits >> above : bits >>> above)
  }
  return conformed
}

function readBits(view: DataView, sample: number, byteWidth: number): number {
  if (byteWidth === 1) return view.getUint8(sample)
  return byteWidth === 2 ? view.getUint16(2 * sample, true) : view.getUint32(4 * sample, true)
}

function writeBits(view: DataView, sample: number, byteWidth: number, bits: number): void {
  if (byteWidth === 1) view.setUint8(sample, bits)
  else if (byteWidth === 2) view.setUint16(2 * sample, bits, true)
  else view.setUint32(4 * sample, bits, true)
}
