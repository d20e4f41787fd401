import { once } from 'node:events'
import { Readable } from 'node:stream'
import ZipStream from 'zip-stream'
import type { SpooledContent } from '../spool/spool.ts'
import type { EntryOptions, EntryWriter } from './entry-writer.ts'

/** Options of {@link createZipWriter}. */
export interface ZipWriterOptions extends EntryOptions {
  /** From 0 (as it is) to 9. */
  readonly compression: number
}

/**
 * Makes a writer of ZIP (PKWARE APPNOTE), with ZIP64 where it takes it. An entry that is in memory has its size and CRC-32
 * before its bytes, others after them.
 */
export function createZipWriter({ compression, time, isFixedTime, mode }: ZipWriterOptions): EntryWriter {
  const zip = new CollectingZip({ zlib: { level: compression }, forceLocalTime: !isFixedTime })

  function addEntry(path: string, source: Buffer | Readable): Promise<void> {
    return new Promise((resolve, reject) => {
      // A stream that fails leaves its entry unfinished: the whole archive is.
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

/** Chunks above this are written as they are. */
const smallBytes = 1 << 12
const collectedBytes = 1 << 16

/** A ZIP has some 20 small pieces an entry, each of which would wait in a stream on its own. Collected, they take less. */
class CollectingZip extends ZipStream {
  /** Bytes of the archive so far. */
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
    // The position in the archive counts all bytes, wherever they are.
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
