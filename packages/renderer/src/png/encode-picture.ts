import { endianness } from 'node:os'
import { constants, crc32, deflateSync } from 'node:zlib'
import type { PixelDensity } from '../describe/pixel-density.ts'
import type { Picture } from '../render/picture.ts'

/** Options of {@link encodePicture}. */
export interface PictureOptions {
  /** Written as a pHYs chunk. Default: no such chunk. */
  readonly density?: PixelDensity | undefined
}

/**
 * Encodes a picture as PNG: greyscale (colour type 0) or RGB (colour type 2), 8 or 16 bits a sample. Compresses in the
 * calling thread.
 *
 * The Up filter and run-length matching at level 1 suit medical images: about 2 ms for 512 x 512 pixels of 8 bits.
 */
export function encodePicture(picture: Picture, { density }: PictureOptions = {}): Uint8Array<ArrayBuffer> {
  return Buffer.concat([
    signature,
    ...chunk('IHDR', header(picture)),
    ...(density === undefined ? [] : chunk('pHYs', physicalDimensions(density))),
    ...chunk('IDAT', deflateSync(filterRows(picture), compression)),
    ...chunk('IEND', Buffer.alloc(0)),
  ])
}

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const compression = { level: 1, strategy: constants.Z_RLE, chunkSize: 1 << 18 }
const upFilter = 2

/** The parts of a chunk: length and type, data, CRC of type and data (PNG 5.3). */
function chunk(type: string, data: Uint8Array): readonly Uint8Array[] {
  const start = Buffer.alloc(8)
  start.writeUInt32BE(data.byteLength, 0)
  start.write(type, 4, 'latin1')
  const end = Buffer.alloc(4)
  end.writeUInt32BE(crc32(data, crc32(type)), 0)
  return [start, data, end]
}

/** Width, height, bit depth, colour type; then zero for compression, filter and interlace method (PNG 11.2.1). */
function header({ width, height, bits, channels }: Picture): Uint8Array {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  data.writeUInt8(bits, 8)
  data.writeUInt8(channels === 1 ? 0 : 2, 9)
  return data
}

/** Pixels per unit along x and y, unit (PNG 11.3.4.3). */
function physicalDimensions({ x, y, unit }: PixelDensity): Uint8Array {
  const data = Buffer.alloc(9)
  data.writeUInt32BE(x, 0)
  data.writeUInt32BE(y, 4)
  data.writeUInt8(unit === 'metre' ? 1 : 0, 8)
  return data
}

/** Rows as PNG compresses them: the filter type, then each byte less the byte above it (PNG 9.2). */
function filterRows({ width, height, channels, bits, data }: Picture): Uint8Array {
  const bytes = bigEndianBytes(data)
  const rowBytes = (width * channels * bits) / 8
  const filtered = Buffer.allocUnsafe((rowBytes + 1) * height)
  let above: Uint8Array = Buffer.alloc(rowBytes)
  for (let y = 0; y < height; y++) {
    const row = bytes.subarray(y * rowBytes, (y + 1) * rowBytes)
    const start = y * (rowBytes + 1)
    filtered[start] = upFilter
    const target = filtered.subarray(start + 1, start + 1 + rowBytes)
    for (let x = 0; x < rowBytes; x++) target[x] = (row[x] ?? 0) - (above[x] ?? 0)
    above = row
  }
  return filtered
}

function bigEndianBytes(data: Uint8Array | Uint16Array): Buffer {
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
  return data instanceof Uint16Array && endianness() === 'LE' ? Buffer.from(bytes).swap16() : bytes
}
