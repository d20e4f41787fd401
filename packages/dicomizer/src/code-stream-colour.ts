/** Colour transform inside a JPEG 2000 code stream, by its COD marker segment (ISO/IEC 15444-1 A.6.1). */
export type CodeStreamColour = 'none' | 'reversible' | 'irreversible'

const startOfCodeStream = 0xff4f
const codingStyleDefault = 0xff52
const startOfTilePart = 0xff90

/** Reads the main header; undefined where the bytes are no raw code stream or have no COD. */
export function codeStreamColour(codeStream: Uint8Array): CodeStreamColour | undefined {
  const view = new DataView(codeStream.buffer, codeStream.byteOffset, codeStream.byteLength)
  if (view.byteLength < 4 || view.getUint16(0) !== startOfCodeStream) return undefined
  let offset = 2
  while (offset + 14 <= view.byteLength) {
    const marker = view.getUint16(offset)
    if (marker === codingStyleDefault) {
      if (view.getUint8(offset + 8) === 0) return 'none'
      return view.getUint8(offset + 13) === 1 ? 'reversible' : 'irreversible'
    }
    if (marker === startOfTilePart) return undefined
    offset += 2 + view.getUint16(offset + 2)
  }
  return undefined
}
