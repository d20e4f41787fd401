import { once } from 'node:events'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import type { EntryOptions, EntryWriter } from './entry-writer.ts'

/** Makes a writer of tar (POSIX.1-2001, pax headers where a name or a size does not fit into that of POSIX.1-1988). */
export function createTarWriter({ time, mode }: EntryOptions): EntryWriter {
  const tar = pack()
  return {
    output: Readable.from(tar, { objectMode: false, highWaterMark: 1 << 16 }),
    async add(path, content) {
      const added = Promise.withResolvers<void>()
      // The stream may fail before anybody waits for the end of the entry.
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
