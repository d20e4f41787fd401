/** Why a metadata document could not be read. */
export type MetadataDocumentErrorCode =
  | 'METADATA_NOT_GZIP_OR_JSON'
  | 'METADATA_GZIP_TRUNCATED'
  | 'METADATA_GZIP_CORRUPT'
  | 'METADATA_TOO_LARGE'
  | 'METADATA_TOO_DEEP'
  | 'METADATA_TOO_MANY_ENTRIES'
  | 'METADATA_NOT_JSON'
  | 'METADATA_NOT_AN_IMAGE_SET'

/**
 * Thrown if bytes are not the metadata document of an image set. Fetch the document again. If the error stays, the
 * bytes are not a response of GetImageSetMetadata. For a `METADATA_TOO_…` code, raise the limit that the message names.
 */
export class MetadataDocumentError extends Error {
  override readonly name = 'MetadataDocumentError'
  readonly code: MetadataDocumentErrorCode
  /** Length of the input: bytes, or characters if the input was a string. */
  readonly byteLength: number | undefined
  /** Place in the document, such as `Study.Series`. Set for `METADATA_NOT_AN_IMAGE_SET`. */
  readonly path: string | undefined

  constructor(
    code: MetadataDocumentErrorCode,
    why: string,
    options: { readonly byteLength?: number; readonly path?: string; readonly cause?: unknown } = {},
  ) {
    super(`Cannot read the metadata document: ${why}`, 'cause' in options ? { cause: options.cause } : undefined)
    this.code = code
    this.byteLength = options.byteLength
    this.path = options.path
  }
}
