import { readSiz, readSizComponent } from '../headers/jpeg-2000-segments.ts'
import { invalid, unsupported } from './required-segment.ts'
import type { SizFields } from '../headers/jpeg-2000-segments.ts'
import type { MarkerSegment } from '../headers/marker-segment.ts'

/** The SIZ segment (T.800 A.5.1) of an image that begins at the origin and has no subsampled component. */
export interface ImageSize {
  readonly width: number
  readonly height: number
  readonly tileWidth: number
  readonly tileHeight: number
  readonly components: number
  /** Precision of every component, 1 to 16. */
  readonly bitsPerSample: number
  readonly isSigned: boolean
  /** True for HTJ2K (T.814), false for Part 1 (T.800). */
  readonly isHighThroughput: boolean
}

const greatestSide = 0xffff
const greatestTileCount = 0xffff

/** Most bits of a sample that the JPEG 2000 codecs decode correctly. */
export const greatestPrecision = 16

/**
 * Reads the SIZ segment.
 * @throws {CodeStreamError} if the codecs would hang on the image or decode it wrongly
 */
export function readImageSize(codeStream: DataView, segment: MarkerSegment): ImageSize {
  const fields = readSiz(codeStream, segment)
  if (fields === undefined) throw invalid(codeStream, 'its SIZ segment is too short')
  const { components, isHighThroughput, isExtended, isWhole } = fields
  if (!isWhole) {
    const byteLength = segment.end - segment.content + 2
    throw invalid(codeStream, `its SIZ segment of ${byteLength} bytes cannot hold ${components} components`)
  }
  if (isExtended) throw unsupported(codeStream, 'it uses extensions of JPEG 2000 Part 2')
  if (!isHighThroughput && components !== 1 && components !== 3) {
    throw unsupported(codeStream, `it has ${components} components, neither 1 nor 3`)
  }
  const extent = readExtent(codeStream, fields)
  const size = { ...extent, components, isHighThroughput, ...readPrecision(codeStream, segment, components) }
  requireSaneTiles(codeStream, size)
  return size
}

function readExtent(codeStream: DataView, fields: SizFields) {
  const { right: width, bottom: height, left, top, tileWidth, tileHeight, tileLeft, tileTop } = fields
  if (width === 0 || height === 0) throw invalid(codeStream, `its image is ${width} x ${height}`)
  if (left !== 0 || top !== 0 || tileLeft !== 0 || tileTop !== 0) {
    throw unsupported(codeStream, 'its image or its tiles do not begin at the origin')
  }
  if (width > greatestSide || height > greatestSide) {
    throw unsupported(codeStream, `its image of ${width} x ${height} is larger than ${greatestSide} a side`)
  }
  return { width, height, tileWidth, tileHeight }
}

function readPrecision(codeStream: DataView, segment: MarkerSegment, components: number) {
  const { bitsPerSample, isSigned } = readSizComponent(codeStream, segment, 0)
  for (let component = 0; component < components; component += 1) {
    const own = readSizComponent(codeStream, segment, component)
    if (own.bitsPerSample !== bitsPerSample || own.isSigned !== isSigned) {
      throw unsupported(codeStream, 'its components differ in precision or sign')
    }
    if (own.columnSpacing !== 1 || own.rowSpacing !== 1) {
      throw unsupported(codeStream, 'its components are subsampled')
    }
  }
  if (bitsPerSample > greatestPrecision) {
    throw unsupported(codeStream, `its samples have ${bitsPerSample} bits, more than ${greatestPrecision}`)
  }
  return { bitsPerSample, isSigned }
}

function requireSaneTiles(codeStream: DataView, size: ImageSize): void {
  if (size.tileWidth === 0 || size.tileHeight === 0) throw invalid(codeStream, 'its tiles are empty')
  const count = tileCount(size)
  if (count > greatestTileCount) throw invalid(codeStream, `it has ${count} tiles, more than ${greatestTileCount}`)
}

/** Returns the number of tiles of an image. */
export function tileCount({ width, height, tileWidth, tileHeight }: ImageSize): number {
  return Math.ceil(width / tileWidth) * Math.ceil(height / tileHeight)
}
