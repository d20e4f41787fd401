import { constants } from 'node:fs'
import type { FileContent, ReadFileOptions } from '@ahi-dicom/export-files'
import { openPlainFile, sizeOfPlainFile } from '../file/plain-file.ts'

/**
 * Returns the content of a file, or undefined if the file does not exist. The file is opened when reading the content begins.
 *
 * @throws {OutputError} if the path is a link or not a file; reading the content throws it too
 */
export async function readFileContent(path: string, options: ReadFileOptions = {}): Promise<FileContent | undefined> {
  return (await sizeOfPlainFile(path)) === undefined ? undefined : chunksOf(path, options)
}

async function* chunksOf(path: string, { signal }: ReadFileOptions): AsyncGenerator<Uint8Array> {
  const handle = await openPlainFile(path, constants.O_RDONLY)
  const chunks: AsyncIterable<Buffer> = handle.createReadStream({ signal, highWaterMark: 1 << 20 })
  yield* chunks
}
