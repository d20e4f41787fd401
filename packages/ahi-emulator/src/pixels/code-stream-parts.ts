/** A JPEG 2000 or HTJ2K code stream with one tile, split into its main header and the bodies of its tile-parts. */
export interface TileParts {
  /** Without tile-part lengths (TLM). */
  readonly mainHeader: Uint8Array<ArrayBuffer>
  /** Packets of each tile-part, without its SOT and SOD markers. */
  readonly bodies: readonly Uint8Array<ArrayBuffer>[]
}

/** A tile-part with its position. */
export interface TilePart {
  readonly tile: number
  /** Index of this tile-part within its tile. */
  readonly part: number
  readonly partCount: number
  readonly body: Uint8Array<ArrayBuffer>
}

/** SOT. */
export const startOfTilePart = 0xff90
/** SOD. */
export const startOfData = 0xff93
/** TLM. */
export const tilePartLengthsMarker = 0xff55
/** Bytes of SOT with its parameters, and of SOD. */
export const tilePartHeaderLength = 14
/** An entry has a Ttlm of 16 bits and a Ptlm of 32 bits. */
const tlmEntry = { flags: 0x60, length: 6 }
/** Most entries of a marker segment, which has at most 65535 bytes. */
const mostTlmEntries = Math.floor((65_535 - 4) / tlmEntry.length)

/** Offsets of fields of SIZ in a code stream (T.800 A.5.1). */
export const siz = { height: 12, left: 16, tileWidth: 24, tileHeight: 28, tileLeft: 32 } as const

/** EOC. */
export const endOfCodeStream: Uint8Array<ArrayBuffer> = Uint8Array.of(0xff, 0xd9)

/** Splits a code stream whose tile-part headers contain nothing but SOT and SOD. */
export function splitTileParts(codeStream: Uint8Array<ArrayBuffer>): TileParts {
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength)
  const segments: Uint8Array<ArrayBuffer>[] = [codeStream.subarray(0, 2)]
  let offset = 2
  while (view.getUint16(offset) !== startOfTilePart) {
    const end = offset + 2 + view.getUint16(offset + 2)
    if (view.getUint16(offset) !== tilePartLengthsMarker) segments.push(codeStream.subarray(offset, end))
    offset = end
  }
  const bodies: Uint8Array<ArrayBuffer>[] = []
  while (view.getUint16(offset) === startOfTilePart) {
    const end = offset + view.getUint32(offset + 6)
    bodies.push(codeStream.subarray(offset + tilePartHeaderLength, end))
    offset = end
  }
  return { mainHeader: Buffer.concat(segments), bodies }
}

/**
 * Returns a code stream in consecutive pieces, without copying the bodies. The first parts of all tiles come first,
 * then the second parts, and so on. If each part is one resolution, the code stream begins with the low resolutions of
 * all tiles.
 */
export function joinTileParts(
  mainHeader: Uint8Array<ArrayBuffer>,
  unordered: readonly TilePart[],
): Uint8Array<ArrayBuffer>[] {
  const parts = unordered.toSorted((one, other) => one.part - other.part)
  return [
    Buffer.concat([mainHeader, ...tilePartLengths(parts)]),
    ...parts.flatMap((part) => [tilePartHeader({ ...part, bodyLength: part.body.byteLength }), part.body]),
    endOfCodeStream,
  ]
}

/** Returns as many TLM marker segments (T.800 A.7.1) as the tile-parts need. */
function tilePartLengths(parts: readonly TilePart[]): Uint8Array<ArrayBuffer>[] {
  return Array.from({ length: Math.ceil(parts.length / mostTlmEntries) }, (_, index) => {
    const entries = parts.slice(index * mostTlmEntries, (index + 1) * mostTlmEntries)
    const segment = Buffer.alloc(6 + tlmEntry.length * entries.length)
    segment.writeUInt16BE(tilePartLengthsMarker, 0)
    segment.writeUInt16BE(segment.length - 2, 2)
    segment.writeUInt8(index, 4)
    segment.writeUInt8(tlmEntry.flags, 5)
    entries.forEach(({ tile, body }, entry) => {
      segment.writeUInt16BE(tile, 6 + tlmEntry.length * entry)
      segment.writeUInt32BE(tilePartHeaderLength + body.byteLength, 8 + tlmEntry.length * entry)
    })
    return segment
  })
}

/** The parameters of SOT for a tile-part. */
interface TilePartDescription extends Omit<TilePart, 'body'> {
  readonly bodyLength: number
}

/** Returns the SOT and SOD markers of a tile-part. */
export function tilePartHeader({ tile, part, partCount, bodyLength }: TilePartDescription): Uint8Array<ArrayBuffer> {
  const header = Buffer.alloc(tilePartHeaderLength)
  header.writeUInt16BE(startOfTilePart, 0)
  header.writeUInt16BE(10, 2)
  header.writeUInt16BE(tile, 4)
  header.writeUInt32BE(tilePartHeaderLength + bodyLength, 6)
  header.writeUInt8(part, 10)
  header.writeUInt8(partCount, 11)
  header.writeUInt16BE(startOfData, 12)
  return header
}

/** Returns a main header with another image height and, if given, another tile height. */
export function withHeights(
  mainHeader: Uint8Array,
  { height, tileHeight }: { readonly height: number; readonly tileHeight?: number },
): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(mainHeader)
  bytes.writeUInt32BE(height, siz.height)
  if (tileHeight !== undefined) bytes.writeUInt32BE(tileHeight, siz.tileHeight)
  return bytes
}
