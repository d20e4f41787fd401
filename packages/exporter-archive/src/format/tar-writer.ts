import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import type { EntryOptions, EntryWriter } from './entry-writer.ts'

/** Creates a writer of tar (POSIX.1-2001). An entry has a pax header if its name or size does not fit into a ustar header. */
export function createTarWriter({ time, mode }: EntryOptions): EntryWriter {
  const tar = pack()
  return {
    output: Readable.from(tar, { objectMode: false, highWaterMark: 1 << 16 }),
    async add(path, content) {
      const added = Promise.withResolvers<void>()
      // The stream may fail before `added.promise` is awaited.
      added.promise.catch(() => undefined)
      const sink = tar.entry({ name: path, size: content.byteLength, mode, mtime: time, type: 'file' }, (error) =>
        error === null || error === undefined ? added.resolve() : added.reject(error),
      )
      sink.on('error', added.reject)
      for await (const chunk of content.chunks()) if (!sink.write(chunk)) await once(sink, 'drain')
      sink.end(null)
      await added.promise
    },
    finish: () => tar.finalize(),
  }
}
