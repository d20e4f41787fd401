/** A JPEG 2000 or HTJ2K code stream of one tile: what is before its first tile-part, and what its tile-parts hold. */
export interface TileParts {
  /** Without the tile-part lengths (TLM). */
  readonly mainHeader: Uint8Array<ArrayBuffer>
  /** Without the SOT and SOD markers: packets. */
  readonly bodies: readonly Uint8Array<ArrayBuffer>[]
}

/** A tile-part in its place. */
export interface TilePart {
  readonly tile: number
  /** Of the tile's tile-parts, this one. */
  readonly part: number
  readonly partCount: number
  readonly body: Uint8Array<ArrayBuffer>
}

const START_OF_TILE_PART = 0xff90
const START_OF_DATA = 0xff93
const TILE_PART_LENGTHS = 0xff55
/** SOT with its parameters, and SOD. */
const TILE_PART_HEADER_LENGTH = 14
/** Ttlm of 16 bits and Ptlm of 32. */
const TLM_ENTRY = { flags: 0x60, length: 6 }
/** Of a marker segment of at most 65535 bytes. */
const MOST_TLM_ENTRIES = Math.floor((65_535 - 4) / TLM_ENTRY.length)

/** EOC. */
const END_OF_CODE_STREAM: Uint8Array<ArrayBuffer> = Uint8Array.of(0xff, 0xd9)

/** Takes a code stream apart whose tile-part headers hold nothing but SOT and SOD. */
export function splitTileParts(codeStream: Uint8Array<ArrayBuffer>): TileParts {
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength)
  const segments: Uint8Array<ArrayBuffer>[] = [codeStream.subarray(0, 2)]
  let offset = 2
  while (view.getUint16(offset) !== START_OF_TILE_PART) {
    const end = offset + 2 + view.getUint16(offset + 2)
    if (view.getUint16(offset) !== TILE_PART_LENGTHS) segments.push(codeStream.subarray(offset, end))
    offset = end
  }
  const bodies: Uint8Array<ArrayBuffer>[] = []
  while (view.getUint16(offset) === START_OF_TILE_PART) {
    const end = offset + view.getUint32(offset + 6)
    bodies.push(codeStream.subarray(offset + TILE_PART_HEADER_LENGTH, end))
    offset = end
  }
  return { mainHeader: Buffer.concat(segments), bodies }
}

/** Puts a code stream together, in pieces that go one after the other; bodies are not copied. */
export function joinTileParts(
  mainHeader: Uint8Array<ArrayBuffer>,
  parts: readonly TilePart[],
): Uint8Array<ArrayBuffer>[] {
  return [
    Buffer.concat([mainHeader, ...tilePartLengths(parts)]),
    ...parts.flatMap((part) => [tilePartHeader(part), part.body]),
    END_OF_CODE_STREAM,
  ]
}

/** Marker segments TLM (T.800 A.7.1), as many as it takes. */
function tilePartLengths(parts: readonly TilePart[]): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: Math.ceil(parts.length / MOST_TLM_ENTRIES) }, (_, index) => {
    const entries = parts.slice(index * MOST_TLM_ENTRIES, (index + 1) * MOST_TLM_ENTRIES)
    const segment = Buffer.alloc(6 + TLM_ENTRY.length * entries.length)
    segment.writeUInt16BE(TILE_PART_LENGTHS, 0)
    segment.writeUInt16BE(segment.length - 2, 2)
    segment.writeUInt8(index, 4)
    segment.writeUInt8(TLM_ENTRY.flags, 5)
    entries.forEach(({ tile, body }, entry) => {
      segment.writeUInt16BE(tile, 6 + TLM_ENTRY.length * entry)
      segment.writeUInt32BE(TILE_PART_HEADER_LENGTH + body.byteLength, 8 + TLM_ENTRY.length * entry)
    })
    return segment
  })
}

function tilePartHeader({ tile, part, partCount, body }: TilePart): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(TILE_PART_HEADER_LENGTH)
  header.writeUInt16BE(START_OF_TILE_PART, 0)
  header.writeUInt16BE(10, 2)
  header.writeUInt16BE(tile, 4)
  header.writeUInt32BE(TILE_PART_HEADER_LENGTH + body.byteLength, 6)
  header.writeUInt8(part, 10)
  header.writeUInt8(partCount, 11)
  header.writeUInt16BE(START_OF_DATA, 12)
  return header
}
