import { createPacketBits } from './packet-bits.ts'
import { createTagTree } from './tag-tree.ts'
import type { PacketBits } from './packet-bits.ts'

/** The code blocks of one subband in a packet. */
export interface BandBlocks {
  readonly columns: number
  readonly rows: number
}

/** Position and subbands of a packet. */
export interface Packet {
  readonly start: number
  /** Latest end of the packet. */
  readonly limit: number
  /** Code blocks for each subband of the resolution. */
  readonly bands: readonly BandBlocks[]
}

/** Markers before and after the header of a packet (T.800 A.8). */
const [sop, eph] = [0xff91, 0xff92]
const [sopLength, ephLength] = [6, 2]
const firstLengthBits = 3

/**
 * Returns the end of a packet of an HTJ2K code stream with one layer, from its header (T.800 B.10, T.814 B). Returns
 * `undefined` if it does not end within `limit` or its header is invalid.
 */
export function packetEnd(codeStream: DataView, { start, limit, bands }: Packet): number | undefined {
  const first = markerAt(codeStream, start, limit) === sop ? start + sopLength : start
  // A missing block takes at most one bit. This check keeps a short packet from requesting much memory.
  const blocks = bands.reduce((sum, { columns, rows }) => sum + columns * rows, 0)
  if (blocks > 8 * (limit - start)) return undefined
  const bits = createPacketBits(codeStream, first, limit)
  const bodyLength = bits.read(1) === 0 ? 0 : bands.reduce((sum, band) => sum + readBand(bits, band), 0)
  if (bits.isBeyond()) return undefined
  const headerEnd = bits.end()
  const body = markerAt(codeStream, headerEnd, limit) === eph ? headerEnd + ephLength : headerEnd
  return body + bodyLength <= limit ? body + bodyLength : undefined
}

function markerAt(codeStream: DataView, offset: number, limit: number): number | undefined {
  return offset + 2 <= limit ? codeStream.getUint16(offset) : undefined
}

/** Returns the number of bytes in the blocks of a subband. */
function readBand(bits: PacketBits, { columns, rows }: BandBlocks): number {
  const included = createTagTree(columns, rows)
  const emptyPlanes = createTagTree(columns, rows)
  let byteLength = 0
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns && !bits.isBeyond(); column += 1) {
      if (!included.isBelow(bits, { column, row, threshold: 1 })) continue
      for (let planes = 1; !emptyPlanes.isBelow(bits, { column, row, threshold: planes });) planes += 1
      byteLength += readBlockLength(bits)
    }
  }
  return byteLength
}

/** Returns the length in bytes of a block's cleanup segment and refinement segment together. */
function readBlockLength(bits: PacketBits): number {
  const passes = readPassCount(bits)
  const placeholders = 3 * Math.floor((passes - 1) / 3)
  const coded = passes - placeholders
  let lengthBits = firstLengthBits
  while (bits.read(1) === 1 && !bits.isBeyond()) lengthBits += 1
  const cleanup = bits.read(lengthBits + Math.floor(Math.log2(placeholders + 1)))
  return cleanup + (coded > 1 ? bits.read(lengthBits + (coded > 2 ? 1 : 0)) : 0)
}

/** Reads the number of coding passes (T.800 table B.4). */
function readPassCount(bits: PacketBits): number {
  if (bits.read(1) === 0) return 1
  if (bits.read(1) === 0) return 2
  const few = bits.read(2)
  if (few < 3) return 3 + few
  const some = bits.read(5)
  return some < 31 ? 6 + some : 37 + bits.read(7)
}
