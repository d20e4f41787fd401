import { createHash } from 'node:crypto'
import type { FileContent, FileDigest, WriteFileOptions } from '@ahi-dicom/export-files'
import { openNamelessFile, type NamelessFile } from '../file/nameless-file.ts'

/** Holds contents until they are whole, in memory up to a bound, and in temporary files beyond it. */
export interface Spool {
  /** Takes a content whole, or throws whatever it throws. */
  readonly take: (chunks: FileContent, options?: WriteFileOptions) => Promise<SpooledContent>
}

/** A content that is whole. */
export interface SpooledContent extends FileDigest {
  /** Its bytes, if they are in memory. */
  readonly bytes: Buffer | undefined
  readonly chunks: () => AsyncIterable<Buffer> | Iterable<Buffer>
  /** Gives its memory or its file back. */
  release(): Promise<void>
}

/** Options of {@link createSpool}. */
export interface SpoolOptions {
  /** Folder of temporary files. */
  readonly folder: string
  /** Bytes of memory for all contents. */
  readonly maxMemory: number
}

/** Contents with more bytes go into files in any case: a buffer has to be allocated for them as a whole. */
const mostInMemory = 2 ** 26

/** Makes a spool. */
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
