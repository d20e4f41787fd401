/**
 * Copies several arrays, one after the other, into one new array.
 *
 * @example
 * import { joinBytes } from '@ahi-dicom/runtime'
 *
 * const joined = joinBytes([Uint8Array.of(1, 2), Uint8Array.of(3)])
 * console.log(joined.length) // 3
 */
export function joinBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.byteLength
  }
  return joined
}
