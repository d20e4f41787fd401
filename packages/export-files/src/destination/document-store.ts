/** Identifies a metadata document. The document of a version of an image set never changes. */
export interface DocumentKey {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly versionId: string
}

/** Stores metadata documents, so that later runs need not fetch them again. The documents contain patient data. */
export interface DocumentStore {
  /** Returns the bytes that were written for the key, or undefined if they are missing or damaged. */
  read(key: DocumentKey): Promise<Uint8Array | undefined>
  /** Stores the bytes whole or not at all, and replaces earlier bytes of the key. */
  write(key: DocumentKey, bytes: Uint8Array): Promise<void>
}
