import { unpackBits } from './bits.ts'
import type { ImagePixel } from './image-pixel.ts'
import type { Samples } from './samples.ts'
import { UnstorableFrameError } from './unstorable-frame-error.ts'

const headerLength = 64

/**
 * Decodes a frame of RLE Lossless (PS3.5 annex G). It has a segment for each byte of each sample, the highest byte
 * first. The decoder of dicom-codec does not support 32 bits and 16-bit colour, and reads beyond the end of its input.
 */
export function decodeRunLength(frame: Uint8Array, image: ImagePixel): Samples {
  if (image.bitsAllocated === 1) return decodeRunLengthBits(frame, image)
  const byteWidth = image.bitsAllocated === 32 ? 4 : image.bitsAllocated === 16 ? 2 : 1
  const pixelCount = image.rows * image.columns
  const segments = readSegments(frame)
  if (segments.length !== image.samplesPerPixel * byteWidth) {
    throw new UnstorableFrameError(
      `the RLE frame has ${segments.length} segments, its pixels need ${image.samplesPerPixel * byteWidth}`,
    )
  }
  const stride = image.samplesPerPixel * byteWidth
  const data = new Uint8Array(pixelCount * stride)
  for (const [index, segment] of segments.entries()) {
    const sample = Math.floor(index / byteWidth)
    const byte = byteWidth - 1 - (index % byteWidth)
    unpack(segment, data, { start: sample * byteWidth + byte, stride, count: pixelCount })
  }
  return { data, byteWidth, isSigned: image.isSigned }
}

/** Decodes a frame of 1-bit pixels. They are packed as in uncompressed pixel data, in one segment per frame. */
function decodeRunLengthBits(frame: Uint8Array, { rows, columns }: ImagePixel): Samples {
  const [segment = new Uint8Array(0)] = readSegments(frame)
  const packed = new Uint8Array(Math.ceil((rows * columns) / 8))
  unpack(segment, packed, { start: 0, stride: 1, count: packed.byteLength })
  return { data: unpackBits(packed, 0, rows * columns), byteWidth: 1, isSigned: false }
}

function readSegments(frame: Uint8Array): Uint8Array[] {
  if (frame.byteLength < headerLength) throw new UnstorableFrameError('the RLE frame is shorter than its header')
  const header = new DataView(frame.buffer, frame.byteOffset, headerLength)
  const count = header.getUint32(0, true)
  if (count > 15) throw new UnstorableFrameError(`the RLE frame claims ${count} segments, but the limit is 15`)
  return Array.from({ length: count }, (_, index) => {
    const start = header.getUint32((index + 1) * 4, true)
    const end = index + 1 < count ? header.getUint32((index + 2) * 4, true) : frame.byteLength
    if (start < headerLength) throw new UnstorableFrameError('an RLE segment begins inside the header')
    return frame.subarray(start, end)
  })
}

/**
 * Decodes PackBits: a count n below 128 precedes n + 1 literal bytes, a count above 128 precedes a byte to repeat 257 -
 * n times.
 */
function unpack(
  segment: Uint8Array,
  target: Uint8Array,
  { start, stride, count }: { readonly start: number; readonly stride: number; readonly count: number },
): void {
  let from = 0
  let written = 0
  while (written < count && from < segment.byteLength) {
    const control = segment[from] ?? 0
    from += 1
    if (control === 128) continue
    const isRun = control > 128
    const length = Math.min(isRun ? 257 - control : control + 1, count - written)
    for (let index = 0; index < length; index += 1) {
      target[start + (written + index) * stride] = segment[isRun ? from : from + index] ?? 0
    }
    from += isRun ? 1 : control + 1
    written += length
  }
  if (written < count || from > segment.byteLength) throw new UnstorableFrameError('an RLE segment ends too early')
}
