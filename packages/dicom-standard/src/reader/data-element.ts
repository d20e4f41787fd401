/** One data element of a file, without conversion. */
export interface DataElement {
  /** Group in the upper, element in the lower 16 bits. */
  readonly tag: number
  /** VR in the file. If the file has none, VR in the dictionary. If that has none, `UN`. */
  readonly vr: string
  /** Value field, as a view of the file. Empty for sequences and encapsulated pixel data. */
  readonly value: Uint8Array
  /** Byte order of the value field. UN is little endian even in big-endian files (PS3.5 6.2.2). */
  readonly isBigEndian: boolean
  /** Items of a sequence. */
  readonly items?: readonly DataSet[]
  /** Fragments of encapsulated pixel data. The first is the Basic Offset Table (PS3.5 A.4). */
  readonly fragments?: readonly Uint8Array[]
}

/** Elements by tag, in the order of the file. If an element occurs twice, the later one counts. */
export type DataSet = ReadonlyMap<number, DataElement>
