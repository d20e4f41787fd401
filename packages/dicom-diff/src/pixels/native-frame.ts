import { swapBytes } from '@ahi-dicom/dicom-standard/reader'
import { FrameFailure } from './frame-failure.ts'
import { isSubsampled, storedSamples, type Image } from './image.ts'
import { viewSamples, type SampleValues } from './samples.ts'

/**
 * Returns the samples of an uncompressed frame (PS3.5 8.1): row by row, the samples of a pixel together, little endian.
 */
export function nativeSamples(stored: Uint8Array, image: Image): SampleValues {
  const byteWidth = image.bitsAllocated / 8
  const expected = storedSamples(image) * byteWidth
  if (stored.byteLength < expected) {
    throw new FrameFailure('FRAME_DAMAGED', `a frame has ${stored.byteLength} bytes, and its image needs ${expected}`)
  }
  const values = viewSamples(arranged(stored.subarray(0, expected), image, byteWidth), byteWidth, image.isSigned)
  if (values !== undefined) return values
  throw new FrameFailure('FRAME_NOT_DECODED', `pixels of ${image.bitsAllocated} bits allocated are not supported`)
}

/** Unpacks one-bit pixels. The first is in the lowest bit of a byte (PS3.5 8.1.1). */
export function unpackedBits(bytes: Uint8Array, firstBit: number, count: number): Uint8Array {
  const bits = new Uint8Array(count)
  for (let index = 0; index < count; index += 1) {
    const bit = firstBit + index
    bits[index] = ((bytes[bit >>> 3] ?? 0) >>> (bit & 7)) & 1
  }
  return bits
}

/** Converts big endian samples to little endian. OW is swapped in pairs even for 8-bit samples (PS3.5 7.3). */
export function inLittleEndian(bytes: Uint8Array, vr: string, { bitsAllocated }: Image): Uint8Array {
  if (bitsAllocated <= 8) return vr === 'OW' ? swapBytes(bytes, 2) : bytes
  return swapBytes(bytes, bitsAllocated / 8)
}

/** Interleaves the planes of a frame, pixel by pixel. */
export function interleaved(planes: Uint8Array, components: number, byteWidth: number): Uint8Array {
  const pixels = planes.byteLength / (components * byteWidth)
  const result = new Uint8Array(planes.byteLength)
  for (let component = 0; component < components; component += 1) {
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      const from = (component * pixels + pixel) * byteWidth
      result.set(planes.subarray(from, from + byteWidth), (pixel * components + component) * byteWidth)
    }
  }
  return result
}

function arranged(stored: Uint8Array, image: Image, byteWidth: number): Uint8Array {
  if (isSubsampled(image)) return withRepeatedChroma(stored)
  return image.isPlanar && image.samplesPerPixel > 1 ? interleaved(stored, image.samplesPerPixel, byteWidth) : stored
}

/** Converts Y1 Y2 Cb Cr of two pixels to Y1 Cb Cr Y2 Cb Cr (PS3.3 C.7.6.3.1.2). */
function withRepeatedChroma(stored: Uint8Array): Uint8Array {
  const pixels = new Uint8Array((stored.byteLength / 4) * 6)
  for (let pair = 0; pair * 4 < stored.byteLength; pair += 1) {
    const [first = 0, second = 0, blue = 0, red = 0] = stored.subarray(pair * 4, pair * 4 + 4)
    pixels.set([first, blue, red, second, blue, red], pair * 6)
  }
  return pixels
}
