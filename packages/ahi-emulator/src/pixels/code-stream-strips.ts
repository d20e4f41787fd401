import { readFrameHeader, type Jpeg2000Header } from '@ahi-dicom/htj2k-decoder/headers'
import {
  endOfCodeStream,
  siz,
  startOfData,
  startOfTilePart,
  tilePartHeader,
  tilePartHeaderLength,
  tilePartLengthsMarker,
  withHeights,
} from './code-stream-parts.ts'

/** A code stream that is read in parts. */
export interface CodeStreamSource {
  readonly byteLength: number
  readInto(target: Uint8Array, offset: number): Promise<void>
}

/** Rows of a frame, available as a separate code stream. */
export interface Strip {
  readonly height: number
  /** Returns the code stream of the strip. */
  read(): Promise<Uint8Array<ArrayBuffer>>
}

/** A code stream in strips, from top to bottom. */
export interface CodeStreamStrips {
  readonly header: Jpeg2000Header
  readonly strips: readonly Strip[]
}

/** Longest main header in bytes. Longer ones are rare, and their frames are decoded as a whole. */
const longestMainHeader = 256 * 1024
const startOfDataOffset = 12
const codingStyleDefault = 0xff52
/**
 * SIZ, CAP, COD, QCD, TLM, CRG, COM. Other segments of a main header can affect single tiles or the place of packets.
 */
const plainMarkers: ReadonlySet<number> = new Set([0xff51, 0xff50, 0xff52, 0xff5c, 0xff55, 0xff63, 0xff64])

/** Offset from the COD marker. */
const decompositionsOffset = 9

/**
 * Splits a JPEG 2000 or HTJ2K code stream with several rows of tiles into strips, one for each row of tiles, from top
 * to bottom. Each strip decodes to its rows of the frame. Returns `undefined` if the code stream cannot be split.
 *
 * Each strip begins at the top of a separate code stream. Its code blocks and precincts stay the same only if the tile
 * height is a power of two and divides evenly down to the lowest resolution (T.800 B.7).
 */
export async function codeStreamStrips(source: CodeStreamSource): Promise<CodeStreamStrips | undefined> {
  const start = await readStart(source, longestMainHeader)
  const header = readFrameHeader(start)
  if (header?.kind !== 'htj2k' && header?.kind !== 'jpeg2000') return undefined
  const main = plainMainHeader(start)
  if (main === undefined || !isStrippable(main, header)) return undefined
  const tileParts = await findTileParts(source, main.byteLength)
  return tileParts && { header, strips: stripsOf(source, { main, header, tileParts }) }
}

/** Reads the first bytes of a code stream: `byteLength` of them, or all if there are fewer. */
export async function readStart(source: CodeStreamSource, byteLength: number): Promise<Uint8Array<ArrayBuffer>> {
  const start = new Uint8Array(Math.min(source.byteLength, byteLength))
  await source.readInto(start, 0)
  return start
}

interface MainHeader {
  /** The main header without TLM. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Length of the main header, including TLM. */
  readonly byteLength: number
  readonly tileWidth: number
  readonly tileHeight: number
  readonly decompositions: number
}

function plainMainHeader(start: Uint8Array<ArrayBuffer>): MainHeader | undefined {
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength)
  const segments: Uint8Array<ArrayBuffer>[] = [start.subarray(0, 2)]
  let decompositions: number | undefined
  let offset = 2
  while (offset + decompositionsOffset < view.byteLength && view.getUint16(offset) !== startOfTilePart) {
    const marker = view.getUint16(offset)
    const end = offset + 2 + view.getUint16(offset + 2)
    if (!plainMarkers.has(marker) || end > view.byteLength) return undefined
    if (marker === codingStyleDefault) decompositions = view.getUint8(offset + decompositionsOffset)
    if (marker !== tilePartLengthsMarker) segments.push(start.subarray(offset, end))
    offset = end
  }
  if (decompositions === undefined || offset + 2 > view.byteLength) return undefined
  return {
    bytes: Buffer.concat(segments),
    byteLength: offset,
    tileWidth: view.getUint32(siz.tileWidth),
    tileHeight: view.getUint32(siz.tileHeight),
    decompositions,
  }
}

function isStrippable({ bytes, tileHeight, decompositions }: MainHeader, { height }: Jpeg2000Header): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const isAtOrigin = [siz.left, siz.left + 4, siz.tileLeft, siz.tileLeft + 4].every((at) => view.getUint32(at) === 0)
  const isPowerOfTwo = Number.isInteger(Math.log2(tileHeight))
  return isAtOrigin && isPowerOfTwo && tileHeight >= 2 ** decompositions && tileHeight < height
}

/** The position of a tile-part in a code stream. */
interface TilePartPlace {
  readonly tile: number
  readonly part: number
  readonly partCount: number
  /** Offset of the packets, which follow SOT and SOD. */
  readonly bodyOffset: number
  readonly bodyLength: number
}

/** Returns the positions of the tile-parts, or `undefined` if one has no length or has further headers. */
async function findTileParts(source: CodeStreamSource, offset: number): Promise<TilePartPlace[] | undefined> {
  const places: TilePartPlace[] = []
  const start = new Uint8Array(tilePartHeaderLength)
  const view = new DataView(start.buffer)
  let at = offset
  while (at + tilePartHeaderLength <= source.byteLength) {
    await source.readInto(start, at)
    if (view.getUint16(0) !== startOfTilePart || view.getUint16(startOfDataOffset) !== startOfData) return undefined
    const length = view.getUint32(6)
    if (length < tilePartHeaderLength || at + length > source.byteLength) return undefined
    places.push({
      tile: view.getUint16(4),
      part: view.getUint8(10),
      partCount: view.getUint8(11),
      bodyOffset: at + tilePartHeaderLength,
      bodyLength: length - tilePartHeaderLength,
    })
    at += length
  }
  return places
}

interface StripParts {
  readonly main: MainHeader
  readonly header: Jpeg2000Header
  readonly tileParts: readonly TilePartPlace[]
}

function stripsOf(source: CodeStreamSource, { main, header, tileParts }: StripParts): Strip[] {
  const tilesAcross = Math.ceil(header.width / main.tileWidth)
  const ofRow = Map.groupBy(tileParts, ({ tile }) => Math.floor(tile / tilesAcross))
  return Array.from({ length: Math.ceil(header.height / main.tileHeight) }, (_, row) => {
    const height = Math.min(main.tileHeight, header.height - row * main.tileHeight)
    const parts = (ofRow.get(row) ?? []).map((part) => ({ ...part, tile: part.tile - row * tilesAcross }))
    return { height, read: () => readStrip(source, withHeights(main.bytes, { height }), parts) }
  })
}

/** Returns a strip as a separate code stream, without tile-part lengths (TLM). */
async function readStrip(
  source: CodeStreamSource,
  mainHeader: Uint8Array,
  parts: readonly TilePartPlace[],
): Promise<Uint8Array<ArrayBuffer>> {
  const lengths = parts.map(({ bodyLength }) => tilePartHeaderLength + bodyLength)
  const byteLength = lengths.reduce((sum, length) => sum + length, mainHeader.byteLength + endOfCodeStream.byteLength)
  const bytes = new Uint8Array(byteLength)
  bytes.set(mainHeader)
  let offset = mainHeader.byteLength
  for (const { bodyOffset, bodyLength, ...place } of parts) {
    bytes.set(tilePartHeader({ ...place, bodyLength }), offset)
    offset += tilePartHeaderLength
    await source.readInto(bytes.subarray(offset, offset + bodyLength), bodyOffset)
    offset += bodyLength
  }
  bytes.set(endOfCodeStream, offset)
  return bytes
}
