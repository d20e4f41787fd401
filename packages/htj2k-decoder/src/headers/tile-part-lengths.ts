import type { MarkerSegment } from './marker-segment.ts'

/** Length of a tile-part, starting at its SOT. */
export interface TilePartLength {
  readonly tile: number
  readonly byteLength: number
}

/** Length of the fields before the entries: Ztlm and Stlm. */
const fieldsLength = 2

/**
 * Reads a TLM segment (T.800 A.7.1). Returns `undefined` if it breaks the standard or names no tiles, which means one
 * tile-part per tile.
 */
export function readTilePartLengths(
  codeStream: DataView,
  { content, end }: MarkerSegment,
): readonly TilePartLength[] | undefined {
  if (end - content < fieldsLength) return undefined
  const style = codeStream.getUint8(content + 1)
  const tileBytes = (style >> 4) & 3
  const lengthBytes = (style & 0x40) === 0 ? 2 : 4
  const entryBytes = tileBytes + lengthBytes
  const entries = (end - content - fieldsLength) / entryBytes
  if (tileBytes < 1 || tileBytes > 2 || !Number.isInteger(entries)) return undefined
  return Array.from({ length: entries }, (_, index) => {
    const start = content + fieldsLength + index * entryBytes
    const at = start + tileBytes
    return {
      tile: tileBytes === 1 ? codeStream.getUint8(start) : codeStream.getUint16(start),
      byteLength: lengthBytes === 2 ? codeStream.getUint16(at) : codeStream.getUint32(at),
    }
  })
}
