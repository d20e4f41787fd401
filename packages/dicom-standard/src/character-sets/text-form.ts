/** What the VR of a text says of its delimiters. */
export interface TextForm {
  readonly isPersonName: boolean
  /** True if a backslash is a character like others, as in LT, ST and UT. */
  readonly isSingleValued: boolean
}
