import { once } from 'node:events'
import { Readable } from 'node:stream'
import ZipStream from 'zip-stream'
import type { SpooledContent } from '../spool/spool.ts'
import type { EntryOptions, EntryWriter } from './entry-writer.ts'

/** Options of {@link createZipWriter}. */
export interface ZipWriterOptions extends EntryOptions {
  /** Compression level, from 0 (none) to 9. */
  readonly compression: number
}

/**
 * Creates a writer of ZIP (PKWARE APPNOTE), with ZIP64 where sizes require it. For contents in memory, size and CRC-32 are
 * before the bytes of the entry. For contents in temporary files, they follow in a data descriptor.
 */
export function createZipWriter({ compression, time, isFixedTime, mode }: ZipWriterOptions): EntryWriter {
  const zip = new CollectingZip({ zlib: { level: compression }, forceLocalTime: !isFixedTime })

  function addEntry(path: string, source: Buffer | Readable): Promise<void> {
    return new Promise((resolve, reject) => {
      // The ZIP stream does not report failures of an entry's source. The archive cannot be completed after one.
      if (!Buffer.isBuffer(source)) source.once('error', reject)
      const data = { name: path, date: time, mode, store: compression === 0 }
      zip.entry(source, data, (error) => (error === null || error === undefined ? resolve() : reject(error)))
    })
  }

  return {
    output: zip,
    async add(path, content) {
      await addEntry(path, sourceOf(content))
      if (zip.writableNeedDrain) await once(zip, 'drain')
    },
    finish: () => zip.finalize(),
  }
}

function sourceOf({ bytes, chunks }: SpooledContent): Buffer | Readable {
  return bytes ?? Readable.from(chunks(), { objectMode: false })
}

/** Larger chunks are written at once, in bytes. */
const smallBytes = 1 << 12
/** Size of the buffer for smaller chunks, in bytes. */
const collectedBytes = 1 << 16

/** A ZIP stream that joins small chunks. Each entry has some 20 of them, and a stream needs much memory for each chunk. */
class CollectingZip extends ZipStream {
  /** Position in the archive, which the base class counts and writes into the directory. */
  declare offset: number
  readonly #collected: Buffer = Buffer.allocUnsafe(collectedBytes)
  #length = 0

  override write(chunk: Uint8Array, ...rest: readonly unknown[]): boolean {
    const callback = rest.findLast((one) => typeof one === 'function')
    if (callback === undefined && chunk.byteLength <= smallBytes) return this.#collect(chunk)
    this.#passOn()
    return super.write(chunk, () => void callback?.())
  }

  override end(): this {
    this.#passOn()
    return super.end()
  }

  #collect(chunk: Uint8Array): boolean {
    if (this.#length + chunk.byteLength > collectedBytes) this.#passOn()
    this.#collected.set(chunk, this.#length)
    this.#length += chunk.byteLength
    // The position includes the collected bytes.
    this.offset += chunk.byteLength
    return !this.writableNeedDrain
  }

  #passOn(): void {
    if (this.#length === 0) return
    const piece = Buffer.from(this.#collected.subarray(0, this.#length))
    this.offset -= this.#length
    this.#length = 0
    super.write(piece)
  }
}
