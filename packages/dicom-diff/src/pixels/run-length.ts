import { FrameFailure } from './frame-failure.ts'
import type { Image } from './image.ts'
import { unpackedBits } from './native-frame.ts'
import { viewSamples, type SampleValues } from './samples.ts'

const headerLength = 64
const mostSegments = 15

/** Decodes a frame of RLE Lossless (PS3.5 annex G): one segment for each byte of a sample, the highest byte first. */
export function runLengthSamples(frame: Uint8Array, image: Image): SampleValues {
  const pixels = image.rows * image.columns
  const segments = segmentsOf(frame)
  if (image.bitsAllocated === 1) return unpackedBits(unpacked(segments[0], Math.ceil(pixels / 8)), 0, pixels)
  const byteWidth = image.bitsAllocated / 8
  const stride = byteWidth * image.samplesPerPixel
  if (segments.length !== stride) throw damaged(`has ${segments.length} segments, and its image needs ${stride}`)
  const bytes = new Uint8Array(pixels * stride)
  for (const [index, segment] of segments.entries()) {
    const plane = unpacked(segment, pixels)
    const offset = index - (index % byteWidth) + byteWidth - 1 - (index % byteWidth)
    for (let pixel = 0; pixel < pixels; pixel += 1) bytes[pixel * stride + offset] = plane[pixel] ?? 0
  }
  const values = viewSamples(bytes, byteWidth, image.isSigned)
  if (values !== undefined) return values
  throw new FrameFailure('FRAME_NOT_DECODED', `RLE of ${image.bitsAllocated} bits allocated is not supported`)
}

function segmentsOf(frame: Uint8Array): Uint8Array[] {
  if (frame.byteLength < headerLength) throw damaged('is shorter than its header')
  const header = new DataView(frame.buffer, frame.byteOffset, headerLength)
  const count = header.getUint32(0, true)
  if (count > mostSegments) throw damaged(`claims ${count} segments`)
  const starts = Array.from({ length: count }, (_, index) => header.getUint32(4 + index * 4, true))
  if (starts.some((start) => start < headerLength)) throw damaged('has a segment inside its header')
  return starts.map((start, index) => frame.subarray(start, starts[index + 1] ?? frame.byteLength))
}

/**
 * Unpacks a segment. A count n below 128 is followed by n + 1 bytes. A count above 128 is followed by one byte, which
 * is repeated 257 - n times.
 */
function unpacked(segment: Uint8Array = new Uint8Array(0), byteLength: number): Uint8Array {
  const bytes = new Uint8Array(byteLength)
  let from = 0
  let to = 0
  while (to < byteLength && from < segment.byteLength) {
    const count = segment[from] ?? 0
    from += 1
    if (count < 128) {
      bytes.set(segment.subarray(from, from + Math.min(count + 1, byteLength - to)), to)
      from += count + 1
      to += count + 1
    } else if (count > 128) {
      bytes.fill(segment[from] ?? 0, to, to + 257 - count)
      from += 1
      to += 257 - count
    }
  }
  if (to < byteLength || from > segment.byteLength) throw damaged('has a segment that ends too early')
  return bytes
}

function damaged(why: string): FrameFailure {
  return new FrameFailure('FRAME_DAMAGED', `an RLE frame ${why}`)
}
