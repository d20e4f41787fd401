/** An object of a folder. */
export interface ObjectInfo {
  /** As success and failure files name it: the key without the bucket, or the path. */
  readonly key: string
  readonly byteLength: number
}

/** A folder of objects: a prefix of a bucket, or a folder on disk. */
export interface ObjectFolder {
  /** All objects in it and in its folders, in the order of their keys. */
  list(): AsyncIterable<ObjectInfo>
  /** Returns the key of what has a path relative to the folder, as {@link list} gives it. */
  keyOf(path: string): string
  /** @param key as {@link list} gives it */
  read(key: string): Promise<Uint8Array>
  /** @param name relative to the folder */
  write(name: string, body: string): Promise<void>
}
