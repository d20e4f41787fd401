import { crc32, deflateRuns, isLittleEndian, joinBytes, latin1Bytes, swapBytesInPlace } from '@ahi-dicom/runtime'
import type { PixelDensity } from '../describe/pixel-density.ts'
import type { Picture } from '../render/picture.ts'

/** Options of {@link encodePicture}. */
export interface PictureOptions {
  /** Written as a pHYs chunk. Default: no pHYs chunk. */
  readonly density?: PixelDensity | undefined
}

/**
 * Encodes a picture as PNG: greyscale (colour type 0) or RGB (colour type 2), 8 or 16 bits a sample. Compresses in the
 * calling thread.
 *
 * The Up filter and run-length matching at level 1 suit medical images: about 2 ms for 512 x 512 pixels of 8 bits.
 *
 * @example
 * import { writeFile } from 'node:fs/promises'
 * import { encodePicture } from '@ahi-dicom/renderer'
 *
 * const data = Uint8Array.from({ length: 256 * 256 }, (_, index) => index % 256)
 * await writeFile('ramp.png', encodePicture({ width: 256, height: 256, channels: 1, bits: 8, data }))
 */
export function encodePicture(picture: Picture, { density }: PictureOptions = {}): Uint8Array<ArrayBuffer> {
  return joinBytes([
    signature,
    ...chunk('IHDR', header(picture)),
    ...(density === undefined ? [] : chunk('pHYs', physicalDimensions(density))),
    ...chunk('IDAT', deflateRuns(filterRows(picture))),
    ...chunk('IEND', new Uint8Array(0)),
  ])
}

const signature = latin1Bytes('\x89PNG\r\n\x1a\n')
const upFilter = 2

/** Returns the parts of a chunk: length and type, data, CRC of type and data (PNG 5.3). */
function chunk(type: string, data: Uint8Array): readonly Uint8Array[] {
  const name = latin1Bytes(type)
  return [bigEndian(data.byteLength), name, data, bigEndian(crc32(data, crc32(name)))]
}

/** Returns the bytes of an unsigned 32-bit number. */
function bigEndian(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value)
}

/** Width, height, bit depth, colour type; then zero for compression, filter and interlace method (PNG 11.2.1). */
function header({ width, height, bits, channels }: Picture): Uint8Array {
  return joinBytes([bigEndian(width), bigEndian(height), Uint8Array.of(bits, channels === 1 ? 0 : 2, 0, 0, 0)])
}

/** Pixels per unit along x and y, unit (PNG 11.3.4.3). */
function physicalDimensions({ x, y, unit }: PixelDensity): Uint8Array {
  return joinBytes([bigEndian(x), bigEndian(y), Uint8Array.of(unit === 'metre' ? 1 : 0)])
}

/** Returns rows as PNG compresses them: the filter type, then each byte minus the byte above it (PNG 9.2). */
function filterRows({ width, height, channels, bits, data }: Picture): Uint8Array {
  const bytes = bigEndianBytes(data)
  const rowBytes = (width * channels * bits) / 8
  const filtered = new Uint8Array((rowBytes + 1) * height)
  let above: Uint8Array = new Uint8Array(rowBytes)
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

function bigEndianBytes(data: Uint8Array | Uint16Array): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
  if (data instanceof Uint8Array || !isLittleEndian) return bytes
  const copy = bytes.slice()
  swapBytesInPlace(copy, 2)
  return copy
}
