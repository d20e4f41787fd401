/** An object in a folder. */
export interface ObjectInfo {
  /** Name in success and failure files: the key without the bucket, or the path. */
  readonly key: string
  readonly byteLength: number
}

/** A folder of objects: a prefix of a bucket, or a folder on disk. */
export interface ObjectFolder {
  /** Yields all objects in the folder and its subfolders, in the order of their keys. */
  list(): AsyncIterable<ObjectInfo>
  /** Returns the key, as in {@link list}, of a path relative to the folder. */
  keyOf(path: string): string
  /** @param key as in {@link list} */
  read(key: string): Promise<Uint8Array>
  /** @param name relative to the folder */
  write(name: string, body: string): Promise<void>
}
