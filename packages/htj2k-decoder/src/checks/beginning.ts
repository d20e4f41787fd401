import { markers } from '../headers/markers.ts'
import { markerSegmentAt } from '../headers/marker-segment.ts'
import { invalid, truncated } from './required-segment.ts'
import { holdsResolution } from './resolution-packets.ts'
import { readTilePart, readTilePartHeader } from './tile-parts.ts'
import type { PacketLayout } from './resolution-packets.ts'
import type { TilePart } from './tile-parts.ts'

/** The resolutions that the beginning of a code stream must hold. */
export interface NeededResolutions {
  readonly tileCount: number
  /** Resolutions of each tile. */
  readonly resolutions: number
  /** Number of resolutions that are needed, from the lowest one up. */
  readonly needed: number
  /** The layout of the packets, to find the packets of a resolution. */
  readonly layout: PacketLayout
}

const eocLength = 2
const partCountOffset = 11

/**
 * Returns a code stream of the lowest resolutions, made from the beginning of an HTJ2K code stream in RPCL order. It
 * keeps the tile-parts of those resolutions, corrects their number of parts, and adds EOC. Segments with the lengths of
 * all tile-parts are left out. Each tile must have one tile-part per resolution, and the packet headers must confirm
 * it.
 *
 * @throws {CodeStreamError} if the beginning does not hold these resolutions, or its tile-parts do not separate them
 */
export function closedBeginning(codeStream: DataView, firstPart: number, needed: NeededResolutions): Uint8Array {
  const bytes = new Uint8Array(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength)
  const parts = requireResolutions(codeStream, firstPart, needed)
  const pieces = [
    ...mainHeaderPieces(codeStream, bytes, firstPart),
    ...parts.map((part) => closedPart(bytes, part, needed)),
  ]
  const length = pieces.reduce((sum, piece) => sum + piece.length, eocLength)
  const closed = new Uint8Array(length)
  let offset = 0
  for (const piece of pieces) {
    closed.set(piece, offset)
    offset += piece.length
  }
  new DataView(closed.buffer).setUint16(offset, markers.EOC)
  return closed
}

function requireResolutions(
  codeStream: DataView,
  firstPart: number,
  { tileCount, resolutions, needed, layout }: NeededResolutions,
): readonly TilePart[] {
  const seen = new Map<number, number>()
  const parts: TilePart[] = []
  let offset = firstPart
  while (parts.length < tileCount * needed) {
    const part = readTilePart(codeStream, offset)
    if (part.tile >= tileCount) throw invalid(codeStream, `it has a part of tile ${part.tile} of ${tileCount}`)
    const resolution = seen.get(part.tile) ?? 0
    if (part.part !== resolution) {
      throw invalid(codeStream, `part ${part.part} of tile ${part.tile} follows ${resolution} parts`)
    }
    const { packets } = readTilePartHeader(codeStream, part, true)
    const place = { tile: part.tile, resolution, start: packets, end: part.end }
    if (part.parts !== resolutions || (resolution < needed && !holdsResolution(codeStream, layout, place))) {
      throw truncated(codeStream, 'it ends early, and its tile-parts do not hold one resolution each')
    }
    seen.set(part.tile, resolution + 1)
    if (resolution < needed) parts.push(part)
    offset = part.end
  }
  return parts
}

/** Returns the main header without the lengths of tile-parts and packets (TLM, PLM), which are no longer right. */
function mainHeaderPieces(codeStream: DataView, bytes: Uint8Array, end: number): Uint8Array[] {
  const pieces = [bytes.subarray(0, 2)]
  for (let offset = 2; offset < end;) {
    const segment = markerSegmentAt(codeStream, offset, end)
    if (segment === undefined) break
    if (segment.marker !== markers.TLM && segment.marker !== markers.PLM)
      pieces.push(bytes.subarray(offset, segment.end))
    offset = segment.end
  }
  return pieces
}

function closedPart(bytes: Uint8Array, { start, end }: TilePart, { needed }: NeededResolutions): Uint8Array {
  const part = bytes.slice(start, end)
  part[partCountOffset] = needed
  return part
}
