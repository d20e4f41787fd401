/** Options of reading a file. */
export interface ReadFileOptions {
  readonly signal?: AbortSignal | undefined
}

/** Bytes of a file in order. */
export type FileContent = AsyncIterable<Uint8Array> | Iterable<Uint8Array>
