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
