import { createGzip, type Gzip } from 'node:zlib'
import type { FileContent } from '../destination/file-content.ts'

/** As nibabel writes: higher levels take several times as long, and make files of CT a few percent smaller. */
const level = 1

const chunkSize = 1 << 18

/** Compresses chunks with gzip. Asks for the next one once a chunk is compressed, so its memory may be used again. */
export async function* gzipChunks(chunks: FileContent): AsyncGenerator<Uint8Array, void, undefined> {
  const gzip = createGzip({ level, chunkSize })
  const feeding = feed(gzip, chunks).catch((error: unknown) => {
    gzip.destroy(error instanceof Error ? error : new Error(String(error)))
  })
  try {
    for await (const bytes of gzip) {
      if (!(bytes instanceof Uint8Array)) throw new TypeError('Expected bytes of gzip')
      yield bytes
    }
  } finally {
    gzip.destroy()
    await feeding
  }
}

async function feed(gzip: Gzip, chunks: FileContent): Promise<void> {
  for await (const chunk of chunks) {
    await new Promise<void>((resolve, reject) => {
      gzip.write(chunk, (error) => (error ? reject(error) : resolve()))
    })
  }
  gzip.end()
}
