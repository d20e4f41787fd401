import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { pipeline } from 'node:stream'
import { createInflateRaw } from 'node:zlib'
import { OutputError, type FileContent, type ListedFile, type ReadFileOptions } from '@ahi-dicom/export-files'
import type { ArchiveFormat } from '../format/archive-format.ts'
import { exactly, unreadable, type ArchiveIndex, type EntryPlace } from './archive-index.ts'
import { indexTar } from './tar-index.ts'
import { indexZip } from './zip-index.ts'

/** An existing archive, opened for reading. */
export interface OpenArchive {
  read(path: string, options?: ReadFileOptions): FileContent | undefined
  size(path: string): number | undefined
  list(): Iterable<ListedFile>
}

/**
 * Opens an archive and reads its index. The content of an entry is read from the file when `read` is called.
 *
 * @throws {OutputError} OUTPUT_NOT_FOUND if the file does not exist; OUTPUT_NOT_READABLE if it is not a complete archive
 */
export async function openArchive(path: string, format: Exclude<ArchiveFormat, 'tar.gz'>): Promise<OpenArchive> {
  let index: ArchiveIndex
  try {
    await requireFile(path)
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

/** Throws if the path is not a regular file. Opening a pipe could wait for ever, and entries are read at their positions. */
async function requireFile(path: string): Promise<void> {
  if ((await stat(path)).isFile()) return
  const message = `Cannot read "${path}": it is a folder, a pipe or a device; name a ZIP or a tar that is a file`
  throw new OutputError('OUTPUT_NOT_READABLE', message, { path })
}

async function* contentAt(path: string, place: EntryPlace, { signal }: ReadFileOptions = {}): AsyncGenerator<Buffer> {
  const { start, storedBytes, byteLength, isDeflated } = place
  if (storedBytes === 0) return
  const stream = createReadStream(path, { start, end: start + storedBytes - 1, highWaterMark: 1 << 18, signal })
  try {
    // `pipeline` passes a failure of the file on to the reader of the content, and closes the file if inflating fails.
    const content = isDeflated ? pipeline(stream, createInflateRaw(), () => undefined) : stream
    yield* exactly(content, byteLength)
  } catch (error) {
    signal?.throwIfAborted()
    throw unreadable(path, error)
  } finally {
    stream.destroy()
  }
}
