import { invalid, unsupported } from './required-segment.ts'
import type { MarkerSegment } from './required-segment.ts'

/** What the SIZ segment says (T.800 A.5.1), of images that begin at the origin and have no subsampled component. */
export interface ImageSize {
  readonly width: number
  readonly height: number
  readonly tileWidth: number
  readonly tileHeight: number
  readonly components: number
  /** Precision of every component, 1 to 16. */
  readonly bitsPerSample: number
  readonly isSigned: boolean
  /** Whether the blocks are coded with high throughput (HTJ2K, T.814) or as Part 1 has it (T.800). */
  readonly isHighThroughput: boolean
}

/** Offset of the first component's precision (Ssiz) within a code stream whose SIZ follows its SOC. */
export const FIRST_COMPONENT = 42

const HT_CAPABILITY = 0x4000
const EXTENSIONS = 0x8000
const GREATEST_SIDE = 0xffff
const GREATEST_TILE_COUNT = 0xffff
const GREATEST_PRECISION = 16

/** Reads the SIZ segment and refuses what the codecs would hang on or decode wrongly. */
export function readImageSize(codeStream: DataView, segment: MarkerSegment): ImageSize {
  const { content, end } = segment
  if (end - content < 39) throw invalid(codeStream, 'its SIZ segment is too short')
  const components = codeStream.getUint16(content + 34)
  if (components === 0 || end - content !== 36 + 3 * components) {
    throw invalid(codeStream, `its SIZ segment of ${end - content + 2} bytes cannot hold ${components} components`)
  }
  const capabilities = codeStream.getUint16(content)
  if ((capabilities & EXTENSIONS) !== 0) throw unsupported(codeStream, 'it uses extensions of JPEG 2000 Part 2')
  const isHighThroughput = (capabilities & HT_CAPABILITY) !== 0
  if (!isHighThroughput && components !== 1 && components !== 3) {
    throw unsupported(codeStream, `it has ${components} components, neither 1 nor 3`)
  }
  const size = {
    ...readExtent(codeStream, content),
    components,
    isHighThroughput,
    ...readPrecision(codeStream, content + 36, components),
  }
  requireSaneTiles(codeStream, size)
  return size
}

function readExtent(codeStream: DataView, content: number) {
  const [width = 0, height = 0, left, top, tileWidth = 0, tileHeight = 0, tileLeft, tileTop] = Array.from(
    { length: 8 },
    (_, index) => codeStream.getUint32(content + 2 + 4 * index),
  )
  if (width === 0 || height === 0) throw invalid(codeStream, `its image is ${width} x ${height}`)
  if (left !== 0 || top !== 0 || tileLeft !== 0 || tileTop !== 0) {
    throw unsupported(codeStream, 'its image or its tiles do not begin at the origin')
  }
  if (width > GREATEST_SIDE || height > GREATEST_SIDE) {
    throw unsupported(codeStream, `its image of ${width} x ${height} is larger than ${GREATEST_SIDE} a side`)
  }
  return { width, height, tileWidth, tileHeight }
}

function readPrecision(codeStream: DataView, content: number, components: number) {
  const precision = codeStream.getUint8(content)
  for (let component = 0; component < components; component += 1) {
    const start = content + 3 * component
    if (codeStream.getUint8(start) !== precision) {
      throw unsupported(codeStream, 'its components differ in precision or sign')
    }
    if (codeStream.getUint16(start + 1) !== 0x0101) throw unsupported(codeStream, 'its components are subsampled')
  }
  const bitsPerSample = (precision & 0x7f) + 1
  if (bitsPerSample > GREATEST_PRECISION) {
    throw unsupported(codeStream, `its samples have ${bitsPerSample} bits, more than ${GREATEST_PRECISION}`)
  }
  return { bitsPerSample, isSigned: precision > 0x7f }
}

function requireSaneTiles(codeStream: DataView, size: ImageSize): void {
  if (size.tileWidth === 0 || size.tileHeight === 0) throw invalid(codeStream, 'its tiles are empty')
  const count = tileCount(size)
  if (count > GREATEST_TILE_COUNT) throw invalid(codeStream, `it has ${count} tiles, more than ${GREATEST_TILE_COUNT}`)
}

/** Number of tiles of an image. */
export function tileCount({ width, height, tileWidth, tileHeight }: ImageSize): number {
  return Math.ceil(width / tileWidth) * Math.ceil(height / tileHeight)
}
