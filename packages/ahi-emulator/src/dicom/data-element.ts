/** One data element as the file has it, nothing converted. */
export interface DataElement {
  /** Group in the upper, element in the lower 16 bits. */
  readonly tag: number
  /** VR of the file; of the dictionary where the file names none; `UN` where neither does. */
  readonly vr: string
  /** Value field, a view of the file. Empty for sequences and encapsulated pixel data. */
  readonly value: Uint8Array
  /** Byte order of the value field. UN is little endian in big endian files too (PS3.5 6.2.2). */
  readonly isBigEndian: boolean
  /** Items of a sequence. */
  readonly items?: readonly DataSet[]
  /** Fragments of encapsulated pixel data, the first of them the Basic Offset Table (PS3.5 A.4). */
  readonly fragments?: readonly Uint8Array[]
}

/** Elements by tag, in the order of the file. Of an element that comes twice the later one counts. */
export type DataSet = ReadonlyMap<number, DataElement>

/** A tag as the metadata document writes it: `GGGGEEEE` in upper hex. */
export function tagKey(tag: number): string {
  return tag.toString(16).toUpperCase().padStart(8, '0')
}

/** Private elements have odd groups (PS3.5 7.8). */
export function isPrivateTag(tag: number): boolean {
  return ((tag >>> 16) & 1) === 1
}

/** Private creators reserve a block of elements: (gggg,0010) to (gggg,00FF) of an odd group (PS3.5 7.8.1). */
export function isPrivateCreator(tag: number): boolean {
  const element = tag & 0xffff
  return isPrivateTag(tag) && element >= 0x10 && element <= 0xff
}
