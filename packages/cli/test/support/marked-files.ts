import { generateStudy } from '@ahi-dicom/ahi-emulator'

/** Two letters that appear in no identifier, digest or message of the command. */
export const marker = 'ZQ'

/** Value representations of free text and names (PS3.5 6.2). */
const textVrs = new Set(['AE', 'LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT'])

/** Value representations with a length of four bytes (PS3.5 7.1.2). */
const longVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'])

/** Returns the generated study in Explicit VR Little Endian, with all text replaced by markers. */
export function markedStudy(): Uint8Array[] {
  return Array.from(generateStudy(), ({ data }) => marked(Uint8Array.from(data)))
}

function marked(file: Uint8Array): Uint8Array {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength)
  for (let at = 132; at + 8 <= file.byteLength;) {
    const group = view.getUint16(at, true)
    if (group === 0x7fe0) break
    // Items and delimiters have no VR. The elements of items and sequences follow.
    if (group === 0xfffe) {
      at += 8
      continue
    }
    const vr = String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5))
    const start = at + (longVrs.has(vr) ? 12 : 8)
    const length = longVrs.has(vr) ? view.getUint32(at + 8, true) : view.getUint16(at + 6, true)
    if (textVrs.has(vr) && group > 2) file.set(Buffer.from(marker.repeat(length / 2)), start)
    at = vr === 'SQ' ? start : start + length
  }
  return file
}
