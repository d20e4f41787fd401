import type { FileDigest } from '@ahi-dicom/export-files'

/** What a digesting thread is made with. */
export interface DigestThreadOptions {
  readonly directory: string
}

/** Asks a thread for the digest of a file. */
export interface DigestTask {
  readonly id: number
  readonly path: string
}

/** What a thread answers: a digest, nothing where there is no file, or why it cannot be read. */
export interface DigestAnswer {
  readonly id: number
  readonly digest?: FileDigest | undefined
  readonly failure?: { readonly code: string; readonly message: string; readonly isOutput: boolean } | undefined
}
