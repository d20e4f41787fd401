import { base64ByteLength } from '../base64-length.ts'
import { latin1Bytes } from '../latin1-bytes.ts'
import type { FromBase64, Latin1Text, SwapBytes, ToBase64 } from '../contract.ts'

/** See {@link ToBase64}. */
export const toBase64: ToBase64 = (bytes) => btoa(latin1Text(bytes))

/** See {@link FromBase64}. */
export const fromBase64: FromBase64 = (text) => {
  // `atob` would skip white space, so the text is checked first.
  if (base64ByteLength(text) === undefined || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(text)) return undefined
  return latin1Bytes(atob(text.replaceAll('-', '+').replaceAll('_', '/')))
}

/** Most arguments of one call of `String.fromCharCode`. Engines limit the number of arguments. */
const mostArguments = 8192

/** See {@link Latin1Text}. */
export const latin1Text: Latin1Text = (bytes) => {
  let text = ''
  for (let start = 0; start < bytes.length; start += mostArguments) {
    text += String.fromCharCode(...bytes.subarray(start, start + mostArguments))
  }
  return text
}

/** See {@link SwapBytes}. */
export const swapBytesInPlace: SwapBytes = (bytes, unit) => {
  for (let start = 0; start < bytes.length; start += unit) {
    for (let low = start, high = start + unit - 1; low < high; low += 1, high -= 1) {
      const byte = bytes[low] ?? 0
      bytes[low] = bytes[high] ?? 0
      bytes[high] = byte
    }
  }
}
