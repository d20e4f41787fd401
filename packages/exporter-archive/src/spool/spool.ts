import { createHash } from 'node:crypto'
import type { FileContent, FileDigest, WriteFileOptions } from '@ahi-dicom/export-files'
import { openNamelessFile, type NamelessFile } from '../file/nameless-file.ts'

/** Holds contents until they are complete, in memory up to a limit and in temporary files beyond it. */
export interface Spool {
  /** Reads a content to its end and returns it with its digest. Throws the errors of `chunks`. */
  readonly take: (chunks: FileContent, options?: WriteFileOptions) => Promise<SpooledContent>
}

/** A complete content. */
export interface SpooledContent extends FileDigest {
  /** The bytes, or `undefined` if they are in a temporary file. */
  readonly bytes: Buffer | undefined
  readonly chunks: () => AsyncIterable<Buffer> | Iterable<Buffer>
  /** Frees the memory or removes the temporary file. */
  release(): Promise<void>
}

/** Options of {@link createSpool}. */
export interface SpoolOptions {
  /** Folder of temporary files. */
  readonly folder: string
  /** Bytes of memory for all contents. */
  readonly maxMemory: number
}

/** Larger contents always go to a temporary file, because in memory each needs one buffer of its whole size. In bytes. */
const mostInMemory = 2 ** 26

/** Creates a spool. */
export function createSpool({ folder, maxMemory }: SpoolOptions): Spool {
  let held = 0

  async function take(chunks: FileContent, { signal }: WriteFileOptions = {}): Promise<SpooledContent> {
    const hash = createHash('sha256')
    let byteLength = 0
    let own = 0
    let parts: Buffer[] = []
    let file: NamelessFile | undefined

    function letGo(): void {
      held -= own
      own = 0
      parts = []
    }

    try {
      for await (const chunk of chunks) {
        signal?.throwIfAborted()
        hash.update(chunk)
        byteLength += chunk.byteLength
        if (file === undefined && held + chunk.byteLength <= maxMemory && byteLength <= mostInMemory) {
          held += chunk.byteLength
          own += chunk.byteLength
          parts.push(Buffer.from(chunk))
          continue
        }
        if (file === undefined) {
          file = await openNamelessFile(folder)
          for (const part of parts) await file.append(part)
          letGo()
        }
        await file.append(chunk)
      }
      signal?.throwIfAborted()
    } catch (error) {
      letGo()
      await file?.close()
      throw error
    }
    const digest = { byteLength, sha256: hash.digest('hex') }
    if (file !== undefined) return { ...digest, ...contentOf(file) }
    const [first = Buffer.alloc(0)] = parts
    const bytes = parts.length > 1 ? Buffer.concat(parts, byteLength) : first
    parts = []
    return { ...digest, bytes, chunks: () => [bytes], release: async () => letGo() }
  }

  return { take }
}

function contentOf(file: NamelessFile): Pick<SpooledContent, 'bytes' | 'chunks' | 'release'> {
  return { bytes: undefined, chunks: () => file.read(), release: () => file.close() }
}
