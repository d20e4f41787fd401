import { markerSegmentAt } from './marker-segment.ts'
import { markers } from './markers.ts'
import { readCod, readSiz } from './jpeg-2000-segments.ts'
import { readTilePartLengths } from './tile-part-lengths.ts'
import type { CodFields, SizFields } from './jpeg-2000-segments.ts'
import type { TilePartLength } from './tile-part-lengths.ts'

/** Options of {@link prefixLength}. */
export interface PrefixLengthOptions {
  /** Number of resolutions that are left out, as `decodeFrame` has it. */
  readonly discardLevels: number
}

const rpcl = 2
/** A tile-part begins with SOT, and a marker follows (T.800 A.4.2). */
const tilePartHeaderLength = 12
/** Marker and length of a segment. */
const segmentStart = 4
/** Segments with which packets may be elsewhere, or may be ordered or coded in another way for single components. */
const unforeseeable = new Set<number>([markers.PPM, markers.POC, markers.COC])

/**
 * Returns how many bytes of an HTJ2K code stream hold the resolutions that `discardLevels` leaves, by its beginning: the
 * code stream has to be in RPCL order, with a tile-part for each resolution, as AHI stores frames. If that is more than the
 * bytes given, it is a lower bound until so many are there: ask again with them. The lengths of tile-parts (TLM, T.800 A.7.1)
 * make it exact once the main header is there; without them each SOT tells where the next one is.
 *
 * Returns `undefined` where nothing but the whole code stream will do: other code streams and orders, tile-parts of other
 * kinds, boxes, no resolution to leave out.
 */
export function prefixLength(bytes: Uint8Array, { discardLevels }: PrefixLengthOptions): number | undefined {
  if (discardLevels < 1) return undefined
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.byteLength < 2) return 2 + segmentStart
  if (view.getUint16(0) !== markers.SOC) return undefined
  const main = readMainHeader(view)
  if (main === undefined || typeof main === 'number') return main
  const resolutions = main.coding.decompositions + 1
  const needed = resolutions - Math.min(discardLevels, resolutions - 1)
  const tiles = { tileCount: tileCountOf(main.size), resolutions, needed }
  if (main.partLengths.length > 0) return lengthByTlm(main, tiles)
  return lengthBySot(view, main.end, tiles)
}

interface MainHeader {
  readonly size: SizFields
  readonly coding: CodFields
  /** Of TLM. */
  readonly partLengths: readonly TilePartLength[]
  /** Where the first tile-part begins. */
  readonly end: number
}

/** Returns the number of bytes to ask again with, if the main header is not whole. */
function readMainHeader(view: DataView): MainHeader | number | undefined {
  let size: SizFields | undefined
  let coding: CodFields | undefined
  const partLengths: TilePartLength[] = []
  let offset = 2
  for (;;) {
    if (offset + segmentStart > view.byteLength) return offset + segmentStart
    if (view.getUint16(offset) === markers.SOT) break
    const segment = markerSegmentAt(view, offset)
    if (segment === undefined) return endOfCutSegment(view, offset)
    const { marker } = segment
    if (unforeseeable.has(marker)) return undefined
    if (marker === markers.SIZ) size = readSiz(view, segment)
    if (marker === markers.COD) coding = readCod(view, segment)
    if (marker === markers.TLM) {
      const lengths = readTilePartLengths(view, segment)
      if (lengths === undefined) return undefined
      partLengths.push(...lengths)
    }
    offset = segment.end
  }
  if (size?.isHighThroughput !== true || !size.isWhole || coding?.progression !== rpcl) return undefined
  return { size, coding, partLengths, end: offset }
}

function endOfCutSegment(view: DataView, start: number): number | undefined {
  const length = view.getUint16(start + 2)
  return view.getUint16(start) < 0xff00 || length < 2 ? undefined : start + 2 + length
}

function tileCountOf({ right, bottom, tileLeft, tileTop, tileWidth, tileHeight }: SizFields): number {
  return Math.ceil((right - tileLeft) / tileWidth) * Math.ceil((bottom - tileTop) / tileHeight)
}

interface Tiles {
  readonly tileCount: number
  readonly resolutions: number
  /** Resolutions of each tile that are needed. */
  readonly needed: number
}

/** Returns the length up to the last tile-part that is needed, if TLM has as many tile-parts of each tile as resolutions. */
function lengthByTlm({ partLengths, end }: MainHeader, { tileCount, resolutions, needed }: Tiles): number | undefined {
  if (partLengths.length !== tileCount * resolutions) return undefined
  const seen = new Map<number, number>()
  let offset = end
  let last: number | undefined
  for (const { tile, byteLength } of partLengths) {
    const resolution = seen.get(tile) ?? 0
    seen.set(tile, resolution + 1)
    offset += byteLength
    if (resolution < needed) last = offset
  }
  const isEven = seen.size === tileCount && [...seen.values()].every((count) => count === resolutions)
  return isEven ? last : undefined
}

/** Follows the tile-parts as far as they are there. */
function lengthBySot(view: DataView, firstPart: number, tiles: Tiles): number | undefined {
  const seen = new Map<number, number>()
  let missing = tiles.tileCount * tiles.needed
  let offset = firstPart
  while (missing > 0) {
    if (offset + tilePartHeaderLength > view.byteLength) return offset + tilePartHeaderLength
    const [tile, length] = [view.getUint16(offset + 4), view.getUint32(offset + 6)]
    const isPart = view.getUint16(offset) === markers.SOT && length >= tilePartHeaderLength
    if (!isPart || view.getUint8(offset + 11) !== tiles.resolutions) return undefined
    const resolution = seen.get(tile) ?? 0
    seen.set(tile, resolution + 1)
    if (resolution < tiles.needed) missing -= 1
    offset += length
  }
  return offset
}
