/** Options for reading a file. */
export interface ReadFileOptions {
  readonly signal?: AbortSignal | undefined
}

/** The bytes of a file in order, in chunks. */
export type FileContent = AsyncIterable<Uint8Array> | Iterable<Uint8Array>
