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

/** SOT. */
export const startOfTilePart = 0xff90
/** SOD. */
export const startOfData = 0xff93
/** TLM. */
export const tilePartLengthsMarker = 0xff55
/** SOT with its parameters, and SOD. */
export const tilePartHeaderLength = 14
/** Ttlm of 16 bits and Ptlm of 32. */
const tlmEntry = { flags: 0x60, length: 6 }
/** Of a marker segment of at most 65535 bytes. */
const mostTlmEntries = Math.floor((65_535 - 4) / tlmEntry.length)

/** Offsets of fields of SIZ in a code stream (T.800 A.5.1). */
export const siz = { height: 12, left: 16, tileWidth: 24, tileHeight: 28, tileLeft: 32 } as const

/** EOC. */
export const endOfCodeStream: Uint8Array<ArrayBuffer> = Uint8Array.of(0xff, 0xd9)

/** Takes a code stream apart whose tile-part headers hold nothing but SOT and SOD. */
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
 * Puts a code stream together, in pieces that go one after the other; bodies are not copied. The first parts of all tiles come
 * first, then the second ones: where a part holds a resolution, the beginning holds the low resolutions of all tiles.
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

/** Marker segments TLM (T.800 A.7.1), as many as it takes. */
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

/** What SOT says of a tile-part. */
interface TilePartDescription extends Omit<TilePart, 'body'> {
  readonly bodyLength: number
}

/** Returns SOT and SOD of a tile-part. */
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

/** Returns a main header of an image of another height, and of tiles of another height if one is given. */
export function withHeights(
  mainHeader: Uint8Array,
  { height, tileHeight }: { readonly height: number; readonly tileHeight?: number },
): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(mainHeader)
  bytes.writeUInt32BE(height, siz.height)
  if (tileHeight !== undefined) bytes.writeUInt32BE(tileHeight, siz.tileHeight)
  return bytes
}
