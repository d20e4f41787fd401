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

/** Takes a file in. It keeps what was read until that is more than `mostKept` bytes. */
export function createGivenFile(chunks: FileContent, { mostKept }: { readonly mostKept: number }): GivenFile {
  const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]()
  const hash = createHash('sha256')
  let byteLength = 0
  let kept: Uint8Array[] | undefined = []

  function take(chunk: Uint8Array): void {
    hash.update(chunk)
    byteLength += chunk.byteLength
    if (byteLength > mostKept) kept = undefined
    kept?.push(chunk.slice())
  }

  return {
    async *content() {
      yield* kept ?? []
      for (;;) {
        const { value, done } = await iterator.next()
        if (done === true) return
        take(value)
        yield value
      }
    },
    isRepeatable: () => kept !== undefined,
    digest: () => ({ byteLength, sha256: hash.copy().digest('hex') }),
    async close() {
      kept = undefined
      await iterator.return?.()
    },
  }
}
