import { createReadStream } from 'node:fs'
import { createInflateRaw } from 'node:zlib'
import type { FileContent, ListedFile, ReadFileOptions } from '@ahi-dicom/export-files'
import type { ArchiveFormat } from '../format/archive-format.ts'
import { exactly, unreadable, type ArchiveIndex, type EntryPlace } from './archive-index.ts'
import { indexTar } from './tar-index.ts'
import { indexZip } from './zip-index.ts'

/** An archive that is there. */
export interface OpenArchive {
  read(path: string, options?: ReadFileOptions): FileContent | undefined
  size(path: string): number | undefined
  list(): Iterable<ListedFile>
}

/**
 * Reads what an archive has in it. Each content is read from the file when it is asked for.
 *
 * @throws {OutputError} OUTPUT_NOT_FOUND if there is no such file; OUTPUT_NOT_READABLE if it is not a whole archive
 */
export async function openArchive(path: string, format: Exclude<ArchiveFormat, 'tar.gz'>): Promise<OpenArchive> {
  let index: ArchiveIndex
  try {
    index = await (format === 'zip' ? indexZip(path) : indexTar(path))
  } catch (error) {
    throw unreadable(path, error)
  }
  return {
    read(entryPath, options) {
      const place = index.find(entryPath)
      return place && contentAt(path, place, options)
    },
    size: (entryPath) => index.find(entryPath)?.byteLength,
    list: () => index.list(),
  }
}

async function* contentAt(path: string, place: EntryPlace, { signal }: ReadFileOptions = {}): AsyncGenerator<Buffer> {
  const { start, storedBytes, byteLength, isDeflated } = place
  if (storedBytes === 0) return
  const stream = createReadStream(path, { start, end: start + storedBytes - 1, highWaterMark: 1 << 18, signal })
  try {
    // A failure of the file has to reach whoever reads what is unpacked from it.
    const content = isDeflated ? stream.compose(createInflateRaw()) : stream
    yield* exactly(content, byteLength)
  } catch (error) {
    signal?.throwIfAborted()
    throw unreadable(path, error)
  } finally {
    stream.destroy()
  }
}
