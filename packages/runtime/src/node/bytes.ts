import { crc32 as zlibCrc32 } from 'node:zlib'
import { base64ByteLength } from '../base64-length.ts'
import type { Crc32, FromBase64, Latin1Text, SwapBytes, ToBase64 } from '../contract.ts'

/** See {@link Crc32}. */
export const crc32: Crc32 = zlibCrc32

/** See {@link ToBase64}. */
export const toBase64: ToBase64 = (bytes) => viewOf(bytes).toString('base64')

/** See {@link FromBase64}. */
export const fromBase64: FromBase64 = (text) => {
  const byteLength = base64ByteLength(text)
  if (byteLength === undefined) return undefined
  const bytes = Buffer.from(text, 'base64')
  // `Buffer` skips characters that are not base64 and then returns fewer bytes.
  return bytes.length === byteLength ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : undefined
}

/** See {@link Latin1Text}. */
export const latin1Text: Latin1Text = (bytes) => viewOf(bytes).toString('latin1')

/** See {@link SwapBytes}. */
export const swapBytesInPlace: SwapBytes = (bytes, unit) => {
  const view = viewOf(bytes)
  if (unit === 2) view.swap16()
  else if (unit === 4) view.swap32()
  else view.swap64()
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
