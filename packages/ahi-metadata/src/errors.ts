/** What is wrong with a metadata document. */
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
 * Thrown for bytes that are no metadata document of an image set. Fetch the document again; where the error stays, the
 * bytes are something else than a response of GetImageSetMetadata. For `METADATA_TOO_…`, raise the limit that the message
 * names.
 */
export class MetadataDocumentError extends Error {
  override readonly name = 'MetadataDocumentError'
  readonly code: MetadataDocumentErrorCode
  /** Length of the input: bytes, or characters where the input was a string. */
  readonly byteLength: number | undefined
  /** Where in the document, such as `Study.Series`; set for `METADATA_NOT_AN_IMAGE_SET`. */
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
