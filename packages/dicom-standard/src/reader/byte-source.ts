/** Bytes that can be read at any place, such as an open file. */
export interface ByteSource {
  readonly byteLength: number
  /** Returns the bytes from an offset on: fewer than asked for at the end, and no others. */
  read(offset: number, byteLength: number): Promise<Uint8Array>
}

/** A place in a {@link ByteSource}. */
export interface ByteRange {
  readonly offset: number
  readonly byteLength: number
}

/** Reads bytes in memory. */
export function bytesInMemory(bytes: Uint8Array): ByteSource {
  return {
    byteLength: bytes.byteLength,
    read: async (offset, byteLength) => bytes.subarray(offset, offset + byteLength),
  }
}
