import { readSiz, readSizComponent, samplesBetween } from '../headers/jpeg-2000-segments.ts'
import { invalid, unsupported } from './required-segment.ts'
import type { SizComponent, SizFields } from '../headers/jpeg-2000-segments.ts'
import type { MarkerSegment } from '../headers/marker-segment.ts'

/**
 * The image size in a SIZ segment (T.800 A.5.1). The image begins at the origin, and all components have the same size.
 * Sides are in samples, not in units of the reference grid.
 */
export interface ImageSize {
  readonly width: number
  readonly height: number
  readonly tileWidth: number
  readonly tileHeight: number
  /** True if the reference grid has more columns or rows than the components. */
  readonly isOnWiderGrid: boolean
  readonly components: number
  /** Precision of every component, 1 to 16. */
  readonly bitsPerSample: number
  readonly isSigned: boolean
  /** True for HTJ2K (T.814), false for Part 1 (T.800). */
  readonly isHighThroughput: boolean
}

const greatestSide = 0xffff
const greatestTileCount = 0xffff

/** Most bits per sample that the JPEG 2000 codecs decode correctly. */
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
  const { columnSpacing, rowSpacing, ...precision } = readComponents(codeStream, segment, components)
  const extent = readExtent(codeStream, fields, { columnSpacing, rowSpacing })
  const size = { ...extent, components, isHighThroughput, ...precision }
  requireSaneTiles(codeStream, size)
  return size
}

type Spacing = Pick<SizComponent, 'columnSpacing' | 'rowSpacing'>

function readExtent(codeStream: DataView, fields: SizFields, { columnSpacing, rowSpacing }: Spacing) {
  const { right, bottom, left, top, tileLeft, tileTop } = fields
  if (left !== 0 || top !== 0 || tileLeft !== 0 || tileTop !== 0) {
    throw unsupported(codeStream, 'its image or its tiles do not begin at the origin')
  }
  const width = samplesBetween(0, right, columnSpacing)
  const height = samplesBetween(0, bottom, rowSpacing)
  if (width === 0 || height === 0) throw invalid(codeStream, `its image is ${width} x ${height}`)
  if (width > greatestSide || height > greatestSide) {
    throw unsupported(codeStream, `its image of ${width} x ${height} is larger than ${greatestSide} per side`)
  }
  return {
    width,
    height,
    tileWidth: tileSide(codeStream, fields.tileWidth, { end: right, spacing: columnSpacing }),
    tileHeight: tileSide(codeStream, fields.tileHeight, { end: bottom, spacing: rowSpacing }),
    isOnWiderGrid: columnSpacing > 1 || rowSpacing > 1,
  }
}

/** Returns the side of a tile in samples. All tiles except the last must have whole samples. */
function tileSide(codeStream: DataView, side: number, { end, spacing }: { end: number; spacing: number }): number {
  if (side >= end) return samplesBetween(0, side, spacing)
  if (side % spacing !== 0) throw unsupported(codeStream, `its tile side ${side} is not a multiple of ${spacing}`)
  return side / spacing
}

function readComponents(codeStream: DataView, segment: MarkerSegment, components: number): SizComponent {
  const first = readSizComponent(codeStream, segment, 0)
  const { bitsPerSample, isSigned, columnSpacing, rowSpacing } = first
  if (columnSpacing === 0 || rowSpacing === 0) throw invalid(codeStream, 'its sample spacing is 0')
  for (let component = 1; component < components; component += 1) {
    const own = readSizComponent(codeStream, segment, component)
    if (own.bitsPerSample !== bitsPerSample || own.isSigned !== isSigned) {
      throw unsupported(codeStream, 'its components differ in precision or sign')
    }
    if (own.columnSpacing !== columnSpacing || own.rowSpacing !== rowSpacing) {
      throw unsupported(codeStream, 'its components are subsampled: some have fewer samples than others')
    }
  }
  if (bitsPerSample > greatestPrecision) {
    throw unsupported(codeStream, `its samples have ${bitsPerSample} bits, more than ${greatestPrecision}`)
  }
  return first
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
