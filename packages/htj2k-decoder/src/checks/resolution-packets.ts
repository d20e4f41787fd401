import { packetEnd } from './packet-header.ts'
import type { PacketCoding } from './coding-style.ts'
import type { ImageSize } from './image-size.ts'
import type { BandBlocks } from './packet-header.ts'

/** The division of an image into packets. */
export interface PacketLayout
  extends PacketCoding, Pick<ImageSize, 'width' | 'height' | 'tileWidth' | 'tileHeight' | 'components'> {}

/** The position of the packets of one resolution of a tile. */
export interface ResolutionPlace {
  readonly tile: number
  readonly resolution: number
  readonly start: number
  readonly end: number
}

/** A range of columns or rows. `end` is exclusive. */
interface Extent {
  readonly start: number
  readonly end: number
}

const widestPrecinct = 15
/**
 * Subband of the lowest resolution, as `[x, y]`: 1 if it holds the high frequencies of this direction, 0 if it holds the low
 * ones.
 */
const lowBand = [[0, 0]] as const
/** Subbands of every other resolution. */
const highBands = [
  [1, 0],
  [0, 1],
  [1, 1],
] as const

/**
 * Returns true if a range holds exactly the packets of one resolution, for an HTJ2K code stream with one layer in RPCL
 * order.
 */
export function holdsResolution(codeStream: DataView, layout: PacketLayout, place: ResolutionPlace): boolean {
  let offset: number | undefined = place.start
  for (const bands of precincts(layout, place)) {
    for (let component = 0; component < layout.components; component += 1) {
      offset = packetEnd(codeStream, { start: offset, limit: place.end, bands })
      if (offset === undefined) return false
    }
  }
  return offset === place.end
}

/** Yields the precincts of a resolution, from left to right and from top to bottom (T.800 B.6, B.7). */
function* precincts(layout: PacketLayout, { tile, resolution }: ResolutionPlace): Generator<readonly BandBlocks[]> {
  const { decompositions, blockWidthExponent, blockHeightExponent } = layout
  const across = Math.ceil(layout.width / layout.tileWidth)
  const columns = tileExtent(tile % across, layout.tileWidth, layout.width)
  const rows = tileExtent(Math.floor(tile / across), layout.tileHeight, layout.height)
  const exponents = layout.precincts?.[resolution]
  const isLowest = resolution === 0
  const sides = {
    width: 2 ** (exponents === undefined ? widestPrecinct : exponents & 0x0f),
    height: 2 ** (exponents === undefined ? widestPrecinct : exponents >> 4),
  }
  const halving = isLowest ? 1 : 2
  const band = { width: sides.width / halving, height: sides.height / halving }
  const block = {
    width: Math.min(2 ** blockWidthExponent, band.width),
    height: Math.min(2 ** blockHeightExponent, band.height),
  }
  const level = isLowest ? decompositions : decompositions - resolution + 1
  const subbands = (isLowest ? lowBand : highBands).map(([x, y]) => ({
    columns: bandExtent(columns, level, x),
    rows: bandExtent(rows, level, y),
  }))
  const whole = {
    columns: reduced(columns, decompositions - resolution),
    rows: reduced(rows, decompositions - resolution),
  }
  const [xs, ys] = [divisions(whole.columns, sides.width), divisions(whole.rows, sides.height)]
  for (let y = ys.start; y < ys.end; y += 1) {
    for (let x = xs.start; x < xs.end; x += 1) {
      yield subbands.map((own) => ({
        columns: blockCount(own.columns, { index: x, side: band.width, block: block.width }),
        rows: blockCount(own.rows, { index: y, side: band.height, block: block.height }),
      }))
    }
  }
}

function tileExtent(index: number, side: number, most: number): Extent {
  return { start: index * side, end: Math.min((index + 1) * side, most) }
}

/** Returns the part of a subband that belongs to a tile (T.800 B-15). */
function bandExtent({ start, end }: Extent, level: number, isHigh: 0 | 1): Extent {
  const offset = isHigh * 2 ** (level - 1)
  return { start: Math.ceil((start - offset) / 2 ** level), end: Math.ceil((end - offset) / 2 ** level) }
}

function reduced({ start, end }: Extent, levels: number): Extent {
  return { start: Math.ceil(start / 2 ** levels), end: Math.ceil(end / 2 ** levels) }
}

/** Returns the cells of a grid that a range touches. */
function divisions({ start, end }: Extent, side: number): Extent {
  return end > start ? { start: Math.floor(start / side), end: Math.ceil(end / side) } : { start: 0, end: 0 }
}

/** Returns the number of blocks of one precinct that a range touches. */
function blockCount(
  { start, end }: Extent,
  { index, side, block }: { readonly index: number; readonly side: number; readonly block: number },
): number {
  const touched = divisions({ start: Math.max(start, index * side), end: Math.min(end, (index + 1) * side) }, block)
  return touched.end - touched.start
}
