import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import type { FileContent, ReadFileOptions } from '@ahi-dicom/export-files'
import { errnoOf } from '../file/file-system-error.ts'

/** Returns the content of a file, or undefined if there is none. The file is opened when the content is asked for. */
export async function readFileContent(path: string, options: ReadFileOptions = {}): Promise<FileContent | undefined> {
  try {
    await stat(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return undefined
    throw error
  }
  return chunksOf(path, options)
}

async function* chunksOf(path: string, { signal }: ReadFileOptions): AsyncGenerator<Uint8Array> {
  const chunks: AsyncIterable<Buffer> = createReadStream(path, { signal, highWaterMark: 1 << 20 })
  yield* chunks
}
