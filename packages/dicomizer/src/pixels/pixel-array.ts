import type { PixelArray } from '@ahi-dicom/dicom-standard'

import type { PixelFormat } from './pixel-module.ts'

/** Returns a view of little-endian samples as the typed array for BitsAllocated and PixelRepresentation. */
export function pixelArray(pixels: Uint8Array<ArrayBuffer>, format: PixelFormat): PixelArray {
  const bytes = Math.ceil(format.bitsAllocated / 8)
  const { buffer, byteOffset, length } = pixels.byteOffset % bytes === 0 ? pixels : pixels.slice()
  const { isSigned } = format
  if (bytes === 4) return new (isSigned ? Int32Array : Uint32Array)(buffer, byteOffset, length / 4)
  if (bytes === 2) return new (isSigned ? Int16Array : Uint16Array)(buffer, byteOffset, length / 2)
  return isSigned ? new Int8Array(buffer, byteOffset, length) : pixels
}
