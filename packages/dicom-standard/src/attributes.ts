/** Typed access to the attributes of a data set, by PS3.6 keyword or by tag as `GGGGEEEE`. */
export interface DicomAttributes {
  /** Returns the first value as text without trailing padding. `undefined` if there is no value. */
  string(keyword: string): string | undefined
  /** Returns all values as text without trailing padding. */
  strings(keyword: string): readonly string[]
  /**
   * Returns the first value as a number; DS and IS are parsed. `undefined` if there is no value or it is not a number.
   */
  number(keyword: string): number | undefined
  /** Returns all values as numbers; DS and IS are parsed. A value that is empty or not a number is NaN. */
  numbers(keyword: string): readonly number[]
  /** Returns the value of a binary VR (OB, OW, UN …), little endian. */
  bytes(keyword: string): Uint8Array | undefined
  /** Returns the items of a sequence. */
  items(keyword: string): readonly DicomAttributes[]
  /** Returns true if the element exists, with or without a value. */
  has(keyword: string): boolean
  /** Returns the keywords in the order of the tags. Private and unknown elements are `GGGGEEEE`. */
  keywords(): Iterable<string>
}
