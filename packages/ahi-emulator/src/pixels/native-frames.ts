import { type DataElement, swapBytes } from '@ahi-dicom/dicom-standard/reader'
import { packBits, unpackBits } from './bits.ts'
import type { ImagePixel } from './image-pixel.ts'
import { interleave, type Samples } from './samples.ts'
import { UnstorableFrameError } from './unstorable-frame-error.ts'

/** Returns a function that reads a frame of uncompressed pixel data (PS3.5 8.1). */
export function createNativeFrameReader(pixelData: DataElement, image: ImagePixel): (frame: number) => Samples {
  const bytes = inByteOrder(pixelData, image)
  requireLength(bytes, image)
  return (frame) => readNativeFrame(bytes, frame, image)
}

/**
 * Returns a frame of 1-bit pixel data: eight pixels per byte, the first one in the lowest bit (PS3.5 8.1.1). In the
 * file, a frame may begin within a byte. The returned frame begins at a byte, and unused bits at its end are 0.
 */
export function bitPackedFrame(pixelData: DataElement, frame: number, image: ImagePixel): Uint8Array<ArrayBuffer> {
  const bytes = inByteOrder(pixelData, image)
  requireLength(bytes, image)
  const pixels = image.rows * image.columns * image.samplesPerPixel
  return packBits(unpackBits(bytes, frame * pixels, pixels))
}

function readNativeFrame(bytes: Uint8Array, frame: number, image: ImagePixel): Samples {
  if (image.bitsAllocated === 1) return readBits(bytes, frame, image)
  const byteWidth = byteWidthOf(image)
  const length = frameByteLength(image)
  const stored = bytes.subarray(frame * length, (frame + 1) * length)
  return { data: byPixel(stored, image, byteWidth), byteWidth, isSigned: image.isSigned }
}

/** Returns a frame with colour by pixel. The chroma of 4:2:2 is repeated (PS3.3 C.7.6.3.1.2). */
function byPixel(stored: Uint8Array, image: ImagePixel, byteWidth: number): Uint8Array<ArrayBuffer> {
  if (isSubsampled(image)) return repeatChroma(stored)
  if (image.samplesPerPixel > 1 && image.isPlanar) return interleave(stored, image.samplesPerPixel, byteWidth)
  return Uint8Array.from(stored)
}

/** Converts Y1 Y2 Cb Cr of two pixels to Y1 Cb Cr Y2 Cb Cr. */
function repeatChroma(stored: Uint8Array): Uint8Array<ArrayBuffer> {
  const pixels = new Uint8Array((stored.byteLength / 4) * 6)
  for (let pair = 0; pair * 4 < stored.byteLength; pair += 1) {
    const [first = 0, second = 0, blue = 0, red = 0] = stored.subarray(pair * 4, pair * 4 + 4)
    pixels.set([first, blue, red, second, blue, red], pair * 6)
  }
  return pixels
}

function readBits(bytes: Uint8Array, frame: number, { rows, columns, samplesPerPixel }: ImagePixel): Samples {
  const count = rows * columns * samplesPerPixel
  return { data: unpackBits(bytes, frame * count, count), byteWidth: 1, isSigned: false }
}

/**
 * Returns pixel data in little endian. In a big endian file, OW is swapped in pairs of bytes even if samples have 8
 * bits or fewer (PS3.5 7.3).
 */
function inByteOrder({ value, isBigEndian, vr }: DataElement, { bitsAllocated }: ImagePixel): Uint8Array {
  if (!isBigEndian) return value
  if (bitsAllocated <= 8) return vr === 'OW' ? swapBytes(value, 2) : value
  return swapBytes(value, bitsAllocated / 8)
}

function byteWidthOf({ bitsAllocated }: ImagePixel): 1 | 2 | 4 {
  if (bitsAllocated === 8) return 1
  if (bitsAllocated === 16) return 2
  if (bitsAllocated === 32) return 4
  throw new UnstorableFrameError(`pixel data of ${bitsAllocated} bits allocated is not supported`)
}

function isSubsampled({ photometricInterpretation, samplesPerPixel, bitsAllocated }: ImagePixel): boolean {
  return photometricInterpretation === 'YBR_FULL_422' && samplesPerPixel === 3 && bitsAllocated === 8
}

function frameByteLength(image: ImagePixel): number {
  const { rows, columns, samplesPerPixel } = image
  const samples = isSubsampled(image) ? rows * columns * 2 : rows * columns * samplesPerPixel
  return samples * byteWidthOf(image)
}

function requireLength(bytes: Uint8Array, image: ImagePixel): void {
  const { rows, columns, samplesPerPixel, bitsAllocated, numberOfFrames } = image
  const expected =
    bitsAllocated === 1
      ? Math.ceil((rows * columns * samplesPerPixel * numberOfFrames) / 8)
      : frameByteLength(image) * numberOfFrames
  // One byte of padding makes the length even.
  if (bytes.byteLength === expected || bytes.byteLength === expected + 1) return
  throw new UnstorableFrameError(
    `the pixel data has ${bytes.byteLength} bytes, ${numberOfFrames} frames of this image need ${expected}`,
    { warning: 'FRAMES_EXTRACTION_FAILURE' },
  )
}
