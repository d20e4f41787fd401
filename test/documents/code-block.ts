/** A piece of code in a document. */
export interface CodeBlock {
  /** Path of the document, from the root of the repository. */
  readonly path: string
  /** Line of the document where the code begins, from 1. */
  readonly line: number
  /** Language of the block, such as `ts` or `sh`. */
  readonly language: string
  readonly code: string
  /** Why the block is not checked. Absent if it is. */
  readonly exemption?: string
}
