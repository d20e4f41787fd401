import type { Picture } from '@ahi-dicom/renderer'
import { PNG } from 'pngjs'

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const widthOffset = 16
const heightOffset = 20

/** Reads a PNG of an export. Returns undefined for a file that is not a PNG, is damaged, or has more pixels than `mostPixels`. */
export function pictureOfPng(bytes: Uint8Array, mostPixels: number): Picture | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (file.byteLength < heightOffset + 4 || !file.subarray(0, signature.byteLength).equals(signature)) return undefined
  if (file.readUInt32BE(widthOffset) * file.readUInt32BE(heightOffset) > mostPixels) return undefined
  const decoded = decode(file)
  if (decoded === undefined) return undefined
  const { width, height, data } = decoded
  const rgb = new Uint8Array(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    rgb.set(data.subarray(pixel * 4, pixel * 4 + 3), pixel * 3)
  }
  return { width, height, channels: 3, bits: 8, data: rgb }
}

/** Decodes a PNG. Returns undefined if pngjs throws, because the file is then damaged. */
function decode(file: Buffer): Pick<PNG, 'width' | 'height' | 'data'> | undefined {
  try {
    return PNG.sync.read(file)
  } catch {
    return undefined
  }
}
