/** Which metadata document: a version of an image set never changes. */
export interface DocumentKey {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly versionId: string
}

/** Keeps metadata documents, so that they need not be fetched again. They describe patients: whoever reads the store reads those. */
export interface DocumentStore {
  /** Returns the bytes that were written for the key, or undefined if they are not there, or not as they were written. */
  read(key: DocumentKey): Promise<Uint8Array | undefined>
  /** Keeps the bytes whole or not at all, in the place of what was there. */
  write(key: DocumentKey, bytes: Uint8Array): Promise<void>
}
