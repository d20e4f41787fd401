import { createHash } from 'node:crypto'
import type { FileContent, FileDigest } from '@ahi-dicom/export-files'

/** A file that is given once, and may have to be sent several times. */
export interface GivenFile {
  /** Its bytes from the first on. Ask again only if {@link isRepeatable}, and when nobody reads the former ones. */
  content(): AsyncGenerator<Uint8Array, void, undefined>
  /** Whether all that was read of it is still there. */
  isRepeatable(): boolean
  /** Of the bytes that were read, each counted once. */
  digest(): FileDigest
  /** Says that no more is read. */
  close(): Promise<void>
}

/** Memory for what is kept of a file. It grows, and serves one file after another. */
export interface KeptBytes {
  bytes: Uint8Array
}

/** Options of {@link createGivenFile}. */
interface GivenFileOptions {
  /** Nothing is kept of a longer file. */
  readonly mostKept: number
  /** Of this file alone until it is closed. */
  readonly memory: KeptBytes
}

/** Takes a file in. It keeps what was read until that is more than `mostKept` bytes. */
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
