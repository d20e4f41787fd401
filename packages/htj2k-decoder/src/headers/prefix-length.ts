import { markerSegmentAt } from './marker-segment.ts'
import { markers } from './markers.ts'
import { readCod, readSiz } from './jpeg-2000-segments.ts'
import { readTilePartLengths } from './tile-part-lengths.ts'
import type { CodFields, SizFields } from './jpeg-2000-segments.ts'
import type { TilePartLength } from './tile-part-lengths.ts'

/** Options of {@link prefixLength}. */
export interface PrefixLengthOptions {
  /** Number of resolutions to discard, as in `decodeFrame`. */
  readonly discardLevels: number
}

const rpcl = 2
/** Length of SOT at the start of a tile-part, without the marker that follows (T.800 A.4.2). */
const tilePartHeaderLength = 12
/** Length of a segment's marker and length field. */
const segmentStart = 4
/** Segments after which packets may be elsewhere, or differ in order or coding for single components. */
const unforeseeable = new Set<number>([markers.PPM, markers.POC, markers.COC])

/**
 * Returns the number of bytes of an HTJ2K code stream that hold the resolutions that `discardLevels` keeps. The code
 * stream must be in RPCL order with one tile-part per resolution, as AHI stores frames. If the result exceeds the given
 * bytes, it is a lower bound: call again when that many bytes are there. If the main header has the lengths of
 * tile-parts (TLM, T.800 A.7.1), the result is exact as soon as the main header is complete. Otherwise each SOT leads
 * to the next.
 *
 * Returns `undefined` if the whole code stream is needed: for other code streams, orders and kinds of tile-parts, for
 * boxes, or if no resolution is discarded.
 *
 * @example
 * import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
 * import { prefixLength } from '@ahi-dicom/htj2k-decoder/headers'
 *
 * const byteLength = prefixLength(codeStream, { discardLevels: 3 })
 * const { width, height } = await decodeFrame(codeStream.subarray(0, byteLength), { discardLevels: 3 })
 * console.log(width, height) // 64 64
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
  /** Lengths from TLM. */
  readonly partLengths: readonly TilePartLength[]
  /** Offset of the first tile-part. */
  readonly end: number
}

/** Reads the main header. If it is not complete, returns the number of bytes to call again with. */
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
  /** Number of resolutions of each tile that are needed. */
  readonly needed: number
}

/**
 * Returns the length up to the last tile-part that is needed. Requires that TLM has one tile-part per resolution of
 * each tile.
 */
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

/** Returns the length by following the tile-parts that are there. */
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
