import type { FileDigest } from '@ahi-dicom/export-files'

/** Options of a digester thread. */
export interface DigestThreadOptions {
  readonly directory: string
}

/** A request for the digest of a file. */
export interface DigestTask {
  readonly id: number
  readonly path: string
}

/** The answer to a {@link DigestTask}: a digest, or a failure. Both are undefined if the file does not exist. */
export interface DigestAnswer {
  readonly id: number
  readonly digest?: FileDigest | undefined
  readonly failure?: { readonly code: string; readonly message: string; readonly isOutput: boolean } | undefined
}
