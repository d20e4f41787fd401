import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { NamedRecord } from '@ahi-dicom/export-files'
import { isWriterName, writersFolder } from '@ahi-dicom/export-files/writers'
import { errnoOf, translated } from '../file/file-system-error.ts'
import { claimedFolderRecord } from './folder-record.ts'
import type { NewFilesOptions } from './folder-writer.ts'

/** Yields the records of a folder: first the unnamed record, then the record of each writer. Each can be locked separately. */
export async function* folderRecords(options: NewFilesOptions): AsyncGenerator<NamedRecord> {
  const recordOf = (writer: string | undefined): NamedRecord['record'] =>
    claimedFolderRecord({ ...options, writer }, { lock: undefined, isShared: true })
  yield { name: '', record: recordOf(undefined) }
  for (const writer of await writersOf(options)) yield { name: `writers/${writer}`, writer, record: recordOf(writer) }
}

async function writersOf({ directory }: NewFilesOptions): Promise<readonly string[]> {
  const folder = join(directory, writersFolder)
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    const writers = entries.filter((entry) => entry.isDirectory() && isWriterName(entry.name))
    return writers.map(({ name }) => name).toSorted()
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return []
    return await translated('list', folder, () => Promise.reject(error))
  }
}
