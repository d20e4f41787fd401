import { createGzip, type Gzip } from 'node:zlib'
import type { FileContent } from '../destination/file-content.ts'

/** Compression level, the same as nibabel's. Higher levels take several times as long and save a few percent for CT. */
const level = 1

const chunkSize = 1 << 18

/**
 * Compresses chunks with gzip. Requests the next chunk only after the last one is compressed, so memory can be reused.
 */
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
  for await (const chunk of chunks) await write(gzip, chunk)
  gzip.end()
}

/** Resolves when the chunk is compressed. A stream that is destroyed in between never calls back, but it closes. */
async function write(gzip: Gzip, chunk: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const onClose = (): void => reject(new Error('The reader of the compressed chunks has stopped'))
    gzip.once('close', onClose)
    gzip.write(chunk, (error) => {
      gzip.off('close', onClose)
      if (error) reject(error)
      else resolve()
    })
  })
}
