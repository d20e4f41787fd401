/** The first box of JP2 and JPH files (T.800 I.5.1). */
const signature = [0x00, 0x00, 0x00, 0x0c, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a]
const contiguousCodeStream = 0x6a703263

/** True if bytes are a JP2 or JPH file, which is a code stream in boxes. */
export function isBoxed(bytes: Uint8Array): boolean {
  return signature.every((byte, index) => bytes[index] === byte)
}

/**
 * Returns the code stream of a JP2 (T.800 annex I) or JPH file (T.814 annex D). Returns the bytes themselves if they
 * are not boxed, or if the box of the code stream is cut. The encapsulated Pixel Data of DICOM has code streams without
 * boxes (PS3.5 A.4.4).
 *
 * @example
 * import { readFile } from 'node:fs/promises'
 * import { withoutBoxes } from '@ahi-dicom/htj2k-decoder/headers'
 *
 * console.log(withoutBoxes(codeStream) === codeStream) // true
 */
export function withoutBoxes<Memory extends ArrayBufferLike>(bytes: Uint8Array<Memory>): Uint8Array<Memory> {
  return isBoxed(bytes) ? (boxedCodeStream(bytes) ?? bytes) : bytes
}

/** Returns the code stream of boxed bytes. Returns `undefined` if it is not complete. */
export function boxedCodeStream<Memory extends ArrayBufferLike>(
  bytes: Uint8Array<Memory>,
): Uint8Array<Memory> | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let start = 0; start + 8 <= bytes.byteLength;) {
    const { type, content, end } = boxAt(view, start)
    if (end > bytes.byteLength) return undefined
    if (type === contiguousCodeStream) return bytes.subarray(content, end)
    start = end
  }
  return undefined
}

/** Reads the header of a box. Its length may have 64 bits, or be 0 for the rest of the file. */
function boxAt(
  view: DataView,
  start: number,
): { readonly type: number; readonly content: number; readonly end: number } {
  const length = view.getUint32(start)
  const type = view.getUint32(start + 4)
  if (length === 0) return { type, content: start + 8, end: view.byteLength }
  if (length !== 1) return { type, content: start + 8, end: start + Math.max(length, 8) }
  if (start + 16 > view.byteLength) return { type, content: start + 16, end: start + 16 }
  return { type, content: start + 16, end: start + Math.max(Number(view.getBigUint64(start + 8)), 16) }
}
