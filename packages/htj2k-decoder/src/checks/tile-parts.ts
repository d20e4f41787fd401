import { findEocFrom } from '../headers/code-stream-end.ts'
import { markers } from '../headers/markers.ts'
import { invalid, markerName, requireMarker, requireSegment, truncated, unsupported } from './required-segment.ts'
import type { MarkerSegment } from '../headers/marker-segment.ts'

/** A tile-part as its SOT segment describes it (T.800 A.4.2). */
export interface TilePart {
  readonly tile: number
  readonly part: number
  /** Number of parts of the tile, or 0 if this part does not say. */
  readonly parts: number
  readonly start: number
  readonly end: number
}

interface TileProgress {
  seen: number
  expected: number
}

const headerLength = 12
const skipped = new Set<number>([markers.PLT, markers.COM])
/** Segments that only OpenJPEG decodes. */
const skippedOfPart1 = new Set<number>([markers.QCD, markers.QCC, markers.RGN, markers.POC])
const stylesOfPart1 = new Set<number>([markers.COD, markers.COC])
const eocLength = 2
const sodLength = 2

/** The tiles that a code stream must have. */
export interface Tiles {
  readonly tileCount: number
  readonly isHighThroughput: boolean
}

/** The checked tile-parts of a code stream. */
export interface CheckedTileParts {
  /** The coding styles of single tiles (COD, COC). */
  readonly styles: readonly MarkerSegment[]
  /** Offset of the first byte after EOC. */
  readonly end: number
}

/**
 * Checks the tile-parts from the first SOT to EOC. Each part must end where the next begins, and every tile must have
 * its parts in order. Bytes after EOC are ignored.
 */
export function requireTileParts(codeStream: DataView, firstStart: number, kind: Tiles): CheckedTileParts {
  const { tileCount, isHighThroughput } = kind
  const tiles = new Map<number, TileProgress>()
  const styles: MarkerSegment[] = []
  let offset = firstStart
  while (requireMarker(codeStream, offset) !== markers.EOC) {
    const part = readTilePart(codeStream, offset)
    if (part.tile >= tileCount) throw invalid(codeStream, `it has a part of tile ${part.tile} of ${tileCount}`)
    countPart(codeStream, tiles, part, kind)
    styles.push(...readTilePartHeader(codeStream, part, isHighThroughput).styles)
    offset = part.end
  }
  requireAllTiles(codeStream, tiles, tileCount)
  return { styles, end: offset + eocLength }
}

/** Reads the SOT segment at an offset. */
export function readTilePart(codeStream: DataView, start: number): TilePart {
  const { marker, content, end: headerEnd } = requireSegment(codeStream, start)
  if (marker !== markers.SOT)
    throw invalid(codeStream, `expected a tile-part at byte ${start}, found ${markerName(marker)}`)
  if (headerEnd - start !== headerLength) throw invalid(codeStream, `the SOT segment at byte ${start} is not 10 bytes`)
  const length = codeStream.getUint32(content + 2)
  const end = length === 0 ? endOfLastPart(codeStream, headerEnd) : start + length
  if (length !== 0 && length < headerLength + 2) throw invalid(codeStream, `a tile-part of ${length} bytes`)
  if (end > codeStream.byteLength) throw truncated(codeStream, `its tile-part at byte ${start} ends at byte ${end}`)
  return {
    tile: codeStream.getUint16(content),
    part: codeStream.getUint8(content + 6),
    parts: codeStream.getUint8(content + 7),
    start,
    end,
  }
}

/** Returns the end of a last tile-part without a length, which reaches to EOC. */
function endOfLastPart(codeStream: DataView, headerEnd: number): number {
  const end = findEocFrom(codeStream, headerEnd)
  if (end === undefined) throw truncated(codeStream, 'it has no EOC marker')
  return end
}

function countPart(
  codeStream: DataView,
  tiles: Map<number, TileProgress>,
  { tile, part, parts }: TilePart,
  { isHighThroughput }: Tiles,
): void {
  const progress = tiles.get(tile) ?? { seen: 0, expected: 0 }
  if (part !== progress.seen) throw invalid(codeStream, `part ${part} of tile ${tile} follows ${progress.seen} parts`)
  progress.seen += 1
  if (parts !== 0 && progress.expected !== 0 && parts !== progress.expected) {
    throw invalid(codeStream, `tile ${tile} has ${progress.expected} parts and ${parts}`)
  }
  progress.expected ||= parts
  // Old encoders write the number of the last part as the number of parts. OpenJPEG accepts that.
  const most = progress.expected + (isHighThroughput ? 0 : 1)
  if (progress.expected !== 0 && progress.seen > most) {
    throw invalid(codeStream, `tile ${tile} has more than ${progress.expected} parts`)
  }
  tiles.set(tile, progress)
}

/** The segments between SOT and SOD. */
interface TilePartHeader {
  /** Segments with coding styles. */
  readonly styles: readonly MarkerSegment[]
  /** Offset of the first byte after SOD. */
  readonly packets: number
}

/** Checks the segments between SOT and SOD. */
export function readTilePartHeader(
  codeStream: DataView,
  { start, end }: TilePart,
  isHighThroughput: boolean,
): TilePartHeader {
  const styles: MarkerSegment[] = []
  let offset = start + headerLength
  while (readTilePartMarker(codeStream, offset, end) !== markers.SOD) {
    const segment = requireSegment(codeStream, offset, end)
    const { marker } = segment
    if (!isHighThroughput && stylesOfPart1.has(marker)) styles.push(segment)
    else if (!skipped.has(marker) && (isHighThroughput || !skippedOfPart1.has(marker))) {
      throw unsupported(codeStream, `it has a ${markerName(marker)} segment in a tile-part`)
    }
    offset = segment.end
  }
  return { styles, packets: offset + sodLength }
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
