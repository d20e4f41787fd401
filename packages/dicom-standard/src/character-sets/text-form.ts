/** The delimiters in the text of a VR. */
export interface TextForm {
  readonly isPersonName: boolean
  /** True if a backslash is an ordinary character, as in LT, ST and UT. */
  readonly isSingleValued: boolean
}
