/** Names one instance, and the form in which it is wanted. */
export interface InstanceRequest {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  /** UID of a transfer syntax, or `*` for that of the storage. */
  readonly transferSyntax: string
  readonly signal?: AbortSignal | undefined
}

/** A DICOM file as it comes: the body of GetDICOMInstance. */
export interface InstanceFile {
  readonly contentType?: string | undefined
  /** Where it is known. */
  readonly byteLength?: number | undefined
  /** The bytes, to be read once. */
  readonly data: AsyncIterable<Uint8Array>
}

/**
 * Where whole instances come from. The AHI client is one; a folder of files can be another. An error with a
 * `statusCode` of 406 says that the instance cannot be had in the transfer syntax; it is then asked for with `*`.
 */
export interface InstanceSource {
  getDICOMInstance(request: InstanceRequest): Promise<InstanceFile>
}
