import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { extract, type Header } from 'tar-stream'
import { buildIndex, type ArchiveIndex } from './archive-index.ts'

/** Reads a tar from its beginning to its end. */
export function indexTar(path: string): Promise<ArchiveIndex> {
  return buildIndex(async (builder) => {
    const entries = extract()
    const reading = pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), entries)
    // The loop throws the failure.
    reading.catch(() => undefined)
    for await (const entry of entries) {
      const { header } = entry
      if (header.type === 'file' || header.type === 'contiguous-file') {
        const { size: byteLength } = header
        builder.file(header.name, { start: startOf(header), storedBytes: byteLength, byteLength, isDeflated: false })
      } else if (header.type !== 'directory') builder.link(header.name)
      entry.resume()
    }
    await reading
  })
}

/** The reader tells where a content begins, and its types do not. */
function startOf(header: Header): number {
  if ('byteOffset' in header && typeof header.byteOffset === 'number') return header.byteOffset
  throw new Error('the reader of tars does not say where an entry begins')
}
