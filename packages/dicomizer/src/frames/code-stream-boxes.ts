/** The first box of JP2 and JPH files (ISO/IEC 15444-1 I.5.1). */
const signature = [0x00, 0x00, 0x00, 0x0c, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a]
const contiguousCodeStream = 0x6a703263

/**
 * The code stream of a JP2 or JPH file, the bytes themselves where they are none. Encapsulated Pixel Data holds code
 * streams without boxes (PS3.5 A.4.4).
 */
export function withoutBoxes(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  if (!signature.every((byte, index) => bytes[index] === byte)) return bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let start = 0
  while (start + 8 <= bytes.length) {
    const { contentStart, end } = boxAt(view, start)
    if (end > bytes.length) break
    if (view.getUint32(start + 4) === contiguousCodeStream) return bytes.subarray(contentStart, end)
    start = end
  }
  return bytes
}

/** Where the content of a box begins and ends; its length may be 64 bits wide, or 0 for the rest of the file. */
function boxAt(view: DataView, start: number): { readonly contentStart: number; readonly end: number } {
  const length = view.getUint32(start)
  if (length === 0) return { contentStart: start + 8, end: view.byteLength }
  if (length !== 1) return { contentStart: start + 8, end: start + Math.max(length, 8) }
  if (start + 16 > view.byteLength) return { contentStart: start + 16, end: start + 16 }
  return { contentStart: start + 16, end: start + Math.max(Number(view.getBigUint64(start + 8)), 16) }
}
