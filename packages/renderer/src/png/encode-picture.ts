import { endianness } from 'node:os'
import { crc32 } from 'node:zlib'
import { PNG } from 'pngjs'
import type { PixelDensity } from '../describe/pixel-density.ts'
import type { Picture } from '../render/picture.ts'

/** Options of {@link encodePicture}. */
export interface PictureOptions {
  /** Written as a pHYs chunk. Default: no such chunk. */
  readonly density?: PixelDensity | undefined
}

/**
 * Encodes a picture as PNG: greyscale (colour type 0) or RGB (2), 8 or 16 bits, with a pHYs chunk where the density of
 * its pixels is known. Compresses on the thread pool of Node.js.
 *
 * pngjs turns 16-bit samples one by one (12 ms for 512 x 512). Here it gets them as twice as many bytes a row, in the
 * byte order of PNG, and the header is then written for what the rows are. The Up filter looks at bytes of the row above
 * alone, so it does not matter to it; with run-length matching at level 1 it is also the fastest of pngjs' filters.
 */
export async function encodePicture(
  picture: Picture,
  { density }: PictureOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks = await packRows(picture)
  const [header, ...rest] = chunks.slice(HEADER_INDEX)
  if (header === undefined) return Buffer.concat(chunks)
  return Buffer.concat([
    ...chunks.slice(0, HEADER_INDEX),
    picture.bits === 16 ? sixteenBitHeader(header, picture) : header,
    ...(density === undefined ? [] : [densityChunk(density)]),
    ...rest,
  ])
}

const UP_FILTER = 2
const RUN_LENGTH_STRATEGY = 3
/** pngjs hands out the signature first, then one chunk at a time. */
const HEADER_INDEX = 1
const IDAT_BYTES = 1 << 18

function packRows({ width, height, channels, bits, data }: Picture): Promise<Uint8Array[]> {
  const colorType = channels === 1 ? 0 : 2
  const png = new PNG({
    colorType,
    inputColorType: colorType,
    inputHasAlpha: false,
    bitDepth: 8,
    filterType: UP_FILTER,
    deflateLevel: 1,
    deflateStrategy: RUN_LENGTH_STRATEGY,
    deflateChunkSize: IDAT_BYTES,
  })
  png.width = (width * bits) / 8
  png.height = height
  png.data = bigEndianBytes(data)
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    png.on('data', (chunk: Uint8Array) => chunks.push(chunk))
    png.on('end', () => resolve(chunks))
    png.on('error', reject)
    png.pack()
  })
}

function bigEndianBytes(data: Uint8Array | Uint16Array): Buffer {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return data instanceof Uint16Array && endianness() === 'LE' ? Buffer.from(bytes).swap16() : bytes
}

/** IHDR: length, type, width, height, bit depth and what stays as it is, CRC (PNG 11.2.2). */
function sixteenBitHeader(header: Uint8Array, { width }: Picture): Uint8Array {
  const chunk = Buffer.from(header)
  chunk.writeUInt32BE(width, 8)
  chunk.writeUInt8(16, 16)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 21)), 21)
  return chunk
}

/** pHYs: length, type, pixels a unit along x and y, unit, CRC (PNG 11.3.4.3). It comes before the image data. */
function densityChunk({ x, y, unit }: PixelDensity): Uint8Array {
  const chunk = Buffer.alloc(21)
  chunk.writeUInt32BE(9, 0)
  chunk.write('pHYs', 4, 'latin1')
  chunk.writeUInt32BE(x, 8)
  chunk.writeUInt32BE(y, 12)
  chunk.writeUInt8(unit === 'metre' ? 1 : 0, 16)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17)
  return chunk
}
