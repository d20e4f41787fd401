/** Typed look-up of the attributes of a data set, by keyword of PS3.6 or by `GGGGEEEE`. */
export interface DicomAttributes {
  /** The first value as text, without trailing padding; undefined where there is none. */
  string(keyword: string): string | undefined
  /** All values as text, without trailing padding. */
  strings(keyword: string): readonly string[]
  /** The first value as a number, DS and IS parsed; undefined where there is none or it is no number. */
  number(keyword: string): number | undefined
  /** All values as numbers, DS and IS parsed; what is no number, or empty among others, is NaN. */
  numbers(keyword: string): readonly number[]
  /** The value of a binary VR (OB, OW, UN …), little endian. */
  bytes(keyword: string): Uint8Array | undefined
  /** The items of a sequence. */
  items(keyword: string): readonly DicomAttributes[]
  /** Whether the element is there, with a value or without. */
  has(keyword: string): boolean
  /** Keywords in the order of the tags; `GGGGEEEE` for private and unknown elements. */
  keywords(): Iterable<string>
}
