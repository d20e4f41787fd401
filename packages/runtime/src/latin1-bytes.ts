/**
 * Encodes text as ISO 8859-1. For a character outside ISO 8859-1, the low byte of its code is written.
 *
 * @example
 * import { latin1Bytes } from '@ahi-dicom/runtime'
 *
 * console.log(latin1Bytes('DICM').length) // 4
 */
export function latin1Bytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index)
  return bytes
}
