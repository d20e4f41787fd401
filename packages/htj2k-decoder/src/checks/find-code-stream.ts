import { CodeStreamError } from '../errors.ts'

const BOX_SIGNATURE = [0x00, 0x00, 0x00, 0x0c, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a]
const CODE_STREAM_BOX = 0x6a703263

/**
 * Gives the code stream of a boxed file (.jp2, T.800 annex I; .jph, T.814 annex D), or the bytes themselves where they
 * are not boxed. The other boxes, colour spaces and palettes, are not used: in DICOM the data set has the say (PS3.5 8.2.4).
 */
export function findCodeStream(bytes: Uint8Array): Uint8Array {
  if (!BOX_SIGNATURE.every((byte, index) => bytes[index] === byte)) return bytes
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let start = 0; start + 8 <= bytes.byteLength;) {
    const { type, contentStart, end } = readBox(view, start)
    if (end > bytes.byteLength) throw truncated(bytes, 'it ends within a box')
    if (type === CODE_STREAM_BOX) return bytes.subarray(contentStart, end)
    start = end
  }
  throw truncated(bytes, 'it is boxed (.jp2, .jph) and has no code stream box')
}

function readBox(view: DataView, start: number): { type: number; contentStart: number; end: number } {
  const length = view.getUint32(start)
  const type = view.getUint32(start + 4)
  if (length === 0) return { type, contentStart: start + 8, end: view.byteLength }
  if (length !== 1) return { type, contentStart: start + 8, end: start + Math.max(length, 8) }
  if (start + 16 > view.byteLength) return { type, contentStart: start + 16, end: start + 16 }
  const longLength = Number(view.getBigUint64(start + 8))
  return { type, contentStart: start + 16, end: start + Math.max(longLength, 16) }
}

function truncated({ byteLength }: Uint8Array, why: string): CodeStreamError {
  return new CodeStreamError('CODE_STREAM_TRUNCATED', { byteLength, why: `${why}; fetch it again` })
}
