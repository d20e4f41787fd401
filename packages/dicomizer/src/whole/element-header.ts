import type { Fail, Walk } from './walk.ts'

/** How the elements of a data set are encoded (PS3.5 7.1). */
export interface ElementEncoding {
  readonly isExplicit: boolean
  readonly isLittleEndian: boolean
}

/** What stands before a value. */
export interface ElementHeader {
  /** Of the header itself. */
  readonly headerLength: number
  readonly tag: number
  /** `undefined` in Implicit VR. */
  readonly vr: string | undefined
  /** Of the value; {@link undefinedLength} where that ends with a delimiter. */
  readonly length: number
}

export const undefinedLength = 0xffffffff

/** The VRs of PS3.5 7.1.2 whose length has 16 bits; those that are added to the standard have 32. */
const shortVrs: ReadonlySet<string> = new Set(
  'AE AS AT CS DA DS DT FD FL IS LO LT PN SH SL SS ST TM UI UL US'.split(' '),
)

/** The tag at the beginning of a header. */
export function tagOf(header: Uint8Array, isLittleEndian: boolean): number {
  const view = viewOf(header)
  return view.getUint16(0, isLittleEndian) * 0x10000 + view.getUint16(2, isLittleEndian)
}

/** Length of an item or a delimiter, which has no VR (PS3.5 7.5). */
export function itemLength(header: Uint8Array, isLittleEndian: boolean): number {
  return viewOf(header).getUint32(4, isLittleEndian)
}

/** Reads the rest of a header of which eight bytes are there. */
export function* walkElementHeader(first: Uint8Array, encoding: ElementEncoding, fail: Fail): Walk<ElementHeader> {
  const { isExplicit, isLittleEndian } = encoding
  const tag = tagOf(first, isLittleEndian)
  if (!isExplicit) return { headerLength: 8, tag, vr: undefined, length: itemLength(first, isLittleEndian) }
  const vr = String.fromCharCode(first[4] ?? 0, first[5] ?? 0)
  if (!/^[A-Z]{2}$/.test(vr)) fail('an element has no value representation')
  if (shortVrs.has(vr)) return { headerLength: 8, tag, vr, length: viewOf(first).getUint16(6, isLittleEndian) }
  const length = viewOf(yield { kind: 'together', length: 4 }).getUint32(0, isLittleEndian)
  return { headerLength: 12, tag, vr, length }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
