import { Marker, invalid, markerName, readMarker, readSegment, truncated, unsupported } from './marker-segment.ts'

/** A tile-part as its SOT segment has it (T.800 A.4.2). */
interface TilePart {
  readonly tile: number
  readonly part: number
  /** Number of parts of the tile, 0 where this part does not say. */
  readonly parts: number
  readonly start: number
  readonly end: number
}

interface TileProgress {
  seen: number
  expected: number
}

const HEADER_LENGTH = 12
const SKIPPED = new Set<number>([Marker.PLT, Marker.COM])
const EOC_LENGTH = 2

/**
 * Walks the tile-parts from the first SOT to the end: each must end where the next begins, every tile must be there with
 * its parts in order, and nothing may follow EOC but one zero byte of padding.
 */
export function requireTileParts(codeStream: DataView, firstStart: number, tileCount: number): void {
  const tiles = new Map<number, TileProgress>()
  let offset = firstStart
  while (readMarker(codeStream, offset) !== Marker.EOC) {
    const part = readTilePart(codeStream, offset)
    if (part.tile >= tileCount) throw invalid(codeStream, `it has a part of tile ${part.tile} of ${tileCount}`)
    countPart(codeStream, tiles, part)
    requireTilePartHeader(codeStream, part)
    offset = part.end
  }
  requireAllTiles(codeStream, tiles, tileCount)
  requireEnd(codeStream, offset + EOC_LENGTH)
}

function readTilePart(codeStream: DataView, start: number): TilePart {
  const { marker, content, end: headerEnd } = readSegment(codeStream, start)
  if (marker !== Marker.SOT)
    throw invalid(codeStream, `${markerName(marker)} at byte ${start}, where a tile-part should be`)
  if (headerEnd - start !== HEADER_LENGTH) throw invalid(codeStream, `the SOT segment at byte ${start} is not 10 bytes`)
  const length = codeStream.getUint32(content + 2)
  const end = length === 0 ? endOfLastPart(codeStream) : start + length
  if (length !== 0 && length < HEADER_LENGTH + 2) throw invalid(codeStream, `a tile-part of ${length} bytes`)
  if (end > codeStream.byteLength) throw truncated(codeStream, `its tile-part at byte ${start} ends at byte ${end}`)
  return {
    tile: codeStream.getUint16(content),
    part: codeStream.getUint8(content + 6),
    parts: codeStream.getUint8(content + 7),
    start,
    end,
  }
}

/** The last tile-part may leave its length out; it then reaches to EOC, the last marker. */
function endOfLastPart(codeStream: DataView): number {
  const { byteLength } = codeStream
  for (const end of [byteLength - EOC_LENGTH, byteLength - EOC_LENGTH - 1]) {
    if (end > 0 && codeStream.getUint16(end) === Marker.EOC) return end
  }
  throw truncated(codeStream, 'it has no EOC marker')
}

function countPart(codeStream: DataView, tiles: Map<number, TileProgress>, { tile, part, parts }: TilePart): void {
  const progress = tiles.get(tile) ?? { seen: 0, expected: 0 }
  if (part !== progress.seen) throw invalid(codeStream, `part ${part} of tile ${tile} follows ${progress.seen} parts`)
  progress.seen += 1
  if (parts !== 0 && progress.expected !== 0 && parts !== progress.expected) {
    throw invalid(codeStream, `tile ${tile} has ${progress.expected} parts and ${parts}`)
  }
  progress.expected ||= parts
  if (progress.expected !== 0 && progress.seen > progress.expected) {
    throw invalid(codeStream, `tile ${tile} has more than ${progress.expected} parts`)
  }
  tiles.set(tile, progress)
}

function requireTilePartHeader(codeStream: DataView, { start, end }: TilePart): void {
  let offset = start + HEADER_LENGTH
  while (readTilePartMarker(codeStream, offset, end) !== Marker.SOD) {
    const segment = readSegment(codeStream, offset, end)
    if (!SKIPPED.has(segment.marker)) {
      throw unsupported(codeStream, `it has a ${markerName(segment.marker)} segment in a tile-part`)
    }
    offset = segment.end
  }
}

function readTilePartMarker(codeStream: DataView, offset: number, end: number): number {
  if (offset + 2 > end) throw invalid(codeStream, `the tile-part that ends at byte ${end} has no SOD marker`)
  return codeStream.getUint16(offset)
}

function requireAllTiles(codeStream: DataView, tiles: ReadonlyMap<number, TileProgress>, tileCount: number): void {
  if (tiles.size !== tileCount) throw truncated(codeStream, `it has ${tiles.size} of its ${tileCount} tiles`)
  for (const [tile, { seen, expected }] of tiles) {
    if (seen < expected) throw truncated(codeStream, `it has ${seen} of the ${expected} parts of tile ${tile}`)
  }
}

function requireEnd(codeStream: DataView, end: number): void {
  const rest = codeStream.byteLength - end
  if (rest === 0 || (rest === 1 && codeStream.getUint8(end) === 0)) return
  throw invalid(codeStream, `${rest} bytes follow its EOC marker`)
}
