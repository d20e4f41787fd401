import { constants } from 'node:fs'
import type { FileContent, ReadFileOptions } from '@ahi-dicom/export-files'
import { openPlainFile, sizeOfPlainFile } from '../file/plain-file.ts'

/**
 * Returns the content of a file, or undefined if there is none. The file is opened when the content is asked for.
 *
 * @throws {OutputError} for a link, and for what is not a file; so does the content
 */
export async function readFileContent(path: string, options: ReadFileOptions = {}): Promise<FileContent | undefined> {
  return (await sizeOfPlainFile(path)) === undefined ? undefined : chunksOf(path, options)
}

async function* chunksOf(path: string, { signal }: ReadFileOptions): AsyncGenerator<Uint8Array> {
  const handle = await openPlainFile(path, constants.O_RDONLY)
  const chunks: AsyncIterable<Buffer> = handle.createReadStream({ signal, highWaterMark: 1 << 20 })
  yield* chunks
}
