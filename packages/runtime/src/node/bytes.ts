import { crc32 as zlibCrc32 } from 'node:zlib'
import { base64ByteLength } from '../base64-length.ts'
import type { Crc32, FromBase64, Latin1Text, SwapBytes, ToBase64 } from '../contract.ts'

/**
 * See {@link Crc32}.
 *
 * @function
 * @example
 * import { crc32, latin1Bytes } from '@ahi-dicom/runtime'
 *
 * console.log(crc32(latin1Bytes('123456789')).toString(16)) // cbf43926
 */
export const crc32: Crc32 = zlibCrc32

/**
 * See {@link ToBase64}.
 *
 * @function
 * @example
 * import { toBase64 } from '@ahi-dicom/runtime'
 *
 * console.log(toBase64(Uint8Array.of(1, 2, 3))) // AQID
 */
export const toBase64: ToBase64 = (bytes) => viewOf(bytes).toString('base64')

/**
 * See {@link FromBase64}.
 *
 * @function
 * @example
 * import { fromBase64 } from '@ahi-dicom/runtime'
 *
 * console.log(fromBase64('AQID')?.length) // 3
 * console.log(fromBase64('no base64')) // undefined
 */
export const fromBase64: FromBase64 = (text) => {
  const byteLength = base64ByteLength(text)
  if (byteLength === undefined) return undefined
  const bytes = Buffer.from(text, 'base64')
  // `Buffer` skips characters that are not base64 and then returns fewer bytes.
  return bytes.length === byteLength ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : undefined
}

/**
 * See {@link Latin1Text}.
 *
 * @function
 * @example
 * import { latin1Text } from '@ahi-dicom/runtime'
 *
 * console.log(latin1Text(Uint8Array.of(0x44, 0x49, 0x43, 0x4d))) // DICM
 */
export const latin1Text: Latin1Text = (bytes) => viewOf(bytes).toString('latin1')

/**
 * See {@link SwapBytes}.
 *
 * @function
 * @example
 * import { swapBytesInPlace } from '@ahi-dicom/runtime'
 *
 * const bytes = Uint8Array.of(1, 2, 3, 4)
 * swapBytesInPlace(bytes, 2)
 * console.log(bytes.join()) // 2,1,4,3
 */
export const swapBytesInPlace: SwapBytes = (bytes, unit) => {
  const view = viewOf(bytes)
  if (unit === 2) view.swap16()
  else if (unit === 4) view.swap32()
  else view.swap64()
}

function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength)
}
