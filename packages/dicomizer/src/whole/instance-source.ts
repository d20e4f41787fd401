/** Names one instance, and the transfer syntax to return it in. */
export interface InstanceRequest {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  /** UID of a transfer syntax, or `*` for the stored one. */
  readonly transferSyntax: string
  readonly signal?: AbortSignal | undefined
}

/** A DICOM file as a stream: the body of GetDICOMInstance. */
export interface InstanceFile {
  readonly contentType?: string | undefined
  /** Length of the file in bytes, if it is known. */
  readonly byteLength?: number | undefined
  /** The bytes. They can be read once. */
  readonly data: AsyncIterable<Uint8Array>
}

/**
 * Fetches whole instances. The AHI client is an instance source. A folder of files can be another. An error with
 * `statusCode` 406 means that the instance is not available in this transfer syntax. It is then requested with `*`.
 */
export interface InstanceSource {
  getDICOMInstance(request: InstanceRequest): Promise<InstanceFile>
}
