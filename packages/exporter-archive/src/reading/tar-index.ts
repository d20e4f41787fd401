import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { extract, type Header } from 'tar-stream'
import { buildIndex, type ArchiveIndex } from './archive-index.ts'

/** Builds the index of a tar by reading it from its beginning to its end. */
export function indexTar(path: string): Promise<ArchiveIndex> {
  return buildIndex(async (builder) => {
    const entries = extract()
    const reading = pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), entries)
    // The loop below throws the error if reading fails.
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

/** Returns where the content of an entry starts. The types of tar-stream lack `byteOffset`. */
function startOf(header: Header): number {
  if ('byteOffset' in header && typeof header.byteOffset === 'number') return header.byteOffset
  throw new Error('tar-stream does not tell where an entry starts')
}
