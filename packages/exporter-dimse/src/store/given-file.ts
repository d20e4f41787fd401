import { createHash } from 'node:crypto'
import type { FileContent, FileDigest } from '@ahi-dicom/export-files'

/** A file that can be read once, but may have to be sent several times. */
export interface GivenFile {
  /**
   * Yields the bytes from the beginning. Call it again only if {@link isRepeatable}, and after the previous reader has
   * stopped.
   */
  content(): AsyncGenerator<Uint8Array, void, undefined>
  /** Returns true if all bytes read so far are kept. */
  isRepeatable(): boolean
  /** Returns the digest of the bytes read so far, each counted once. */
  digest(): FileDigest
  /** Ends reading. */
  close(): Promise<void>
}

/** Memory for the kept bytes of a file. It grows, and is reused for the next file. */
export interface KeptBytes {
  bytes: Uint8Array
}

/** Options of {@link createGivenFile}. */
interface GivenFileOptions {
  /** Longest file that is kept. */
  readonly mostKept: number
  /** Memory that only this file uses until it is closed. */
  readonly memory: KeptBytes
}

/** Wraps a file. It keeps the bytes read until they exceed `mostKept`. */
export function createGivenFile(chunks: FileContent, { mostKept, memory }: GivenFileOptions): GivenFile {
  const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]()
  const hash = createHash('sha256')
  let byteLength = 0

  function take(chunk: Uint8Array): void {
    hash.update(chunk)
    if (byteLength + chunk.byteLength <= mostKept) keep(chunk)
    byteLength += chunk.byteLength
  }

  function keep(chunk: Uint8Array): void {
    const needed = byteLength + chunk.byteLength
    if (needed > memory.bytes.byteLength) {
      const grown = new Uint8Array(Math.min(Math.max(needed, 2 * memory.bytes.byteLength), mostKept))
      grown.set(memory.bytes.subarray(0, byteLength))
      memory.bytes = grown
    }
    memory.bytes.set(chunk, byteLength)
  }

  return {
    async *content() {
      if (byteLength > 0) yield memory.bytes.subarray(0, byteLength)
      for (;;) {
        const { value, done } = await iterator.next()
        if (done === true) return
        take(value)
        yield value
      }
    },
    isRepeatable: () => byteLength <= mostKept,
    digest: () => ({ byteLength, sha256: hash.copy().digest('hex') }),
    async close() {
      await iterator.return?.()
    },
  }
}
