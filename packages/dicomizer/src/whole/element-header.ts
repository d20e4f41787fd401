import { readHeaderStart, type HeaderStart } from '@ahi-dicom/dicom-standard/part10'
import type { ElementEncoding } from '@ahi-dicom/dicom-standard/transfer-syntaxes'
import type { Fail, Walk } from './walk.ts'

/** The header of an element: everything before its value. */
export interface ElementHeader extends HeaderStart {
  /** Bytes of the header itself. */
  readonly headerLength: number
  readonly length: number
}

/** Reads the first eight bytes of a header. */
export function headerStart(bytes: Uint8Array, encoding: ElementEncoding): HeaderStart {
  return readHeaderStart(viewOf(bytes), 0, encoding)
}

/** Reads the rest of a header. */
export function* walkHeader(start: HeaderStart, encoding: ElementEncoding, fail: Fail): Walk<ElementHeader> {
  const { vr, length } = start
  if (encoding.isExplicit && vr === undefined) fail('an element has no VR')
  if (length !== undefined) return { ...start, headerLength: 8, length }
  const rest = viewOf(yield { kind: 'together', length: 4 })
  return { ...start, headerLength: 12, length: rest.getUint32(0, encoding.isLittleEndian) }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
