import { rm, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { stagedName, type Destination, type PathMask } from '@ahi-dicom/export-files'
import { isWriterName, recordFolderOf, sharedDicomdir } from '@ahi-dicom/export-files/writers'
import { createAsynchronousCalls, type FileCalls } from '../file/file-calls.ts'
import { errnoOf, translated } from '../file/file-system-error.ts'
import { flushFolder } from '../file/flush.ts'
import { makeDirectory } from '../file/make-directory.ts'
import { modesOf } from '../file/modes.ts'
import { sizeOfPlainFile } from '../file/plain-file.ts'
import { isTemporaryOf } from '../file/temporary-file.ts'
import { removeEmptyFolders } from './empty-folders.ts'
import { createFolderGuard } from './folder-guard.ts'
import type { FolderGuard } from './folder-guard.ts'
import { folderPlace, tagOf, type FolderPlace } from './folder-place.ts'
import { freeSpace } from './free-space.ts'
import { claimedFolderRecord } from './folder-record.ts'
import type { FolderClaim } from './folder-record.ts'
import { folderRecords } from './folder-records.ts'
import { createFolderWriter, withMaskedFailures } from './folder-writer.ts'
import type { FolderDestinationOptions } from './folder-writer.ts'
import { listFiles, walkFiles } from './list-files.ts'
import { createMasking, maskError } from './mask-error.ts'
import { moveFile } from './move-file.ts'
import { readFileContent } from './read-file.ts'
import { tryFolder } from './try-folder.ts'

/**
 * Returns a destination that exports into a folder. The record is in the folder itself, or with a `writer` in
 * `.ahi-dicom/writers/NAME/`.
 *
 * @throws {TypeError} if the mode or the name of the writer is not valid
 * @example
 * import { folderDestination } from '@ahi-dicom/exporter-fs'
 *
 * const destination = folderDestination({ directory: './copy' })
 * const { outcome } = await exporter.exportTo({ datastoreId, selectors: 'all', destination })
 * console.log(outcome) // complete
 */
export function folderDestination(options: FolderDestinationOptions): Destination {
  const { directory, mode, writer } = options
  const place = folderPlace(writer)
  const { fileOf } = place
  const calls = createAsynchronousCalls(modesOf(mode))
  const guard = createFolderGuard(directory, calls)
  const claim: FolderClaim = { lock: undefined, isShared: true }
  let mask: PathMask = []
  const masked = createMasking({ directory, mask: () => mask })
  const files = withMaskedFailures(createFolderWriter({ directory, writer }, calls), masked)
  return {
    ...files,
    name: directory,
    ...(writer !== undefined && { writer, cannot: { dicomdir: sharedDicomdir } }),
    async open(opening = {}) {
      mask = opening.mask ?? []
      await translated('export into', directory, () => makeFolder(directory, calls))
    },
    async check() {
      await translated('export into', directory, () => tryFolder(directory))
      return []
    },
    async remove(path) {
      await files.remove(path)
      await removeEmptyFolders(directory, dirname(fileOf(path)))
    },
    async move(from, to) {
      await claim.lock?.check()
      await masked(() => moveFile({ directory, calls, guard }, fileOf(from), fileOf(to)))
      await removeEmptyFolders(directory, dirname(fileOf(from)))
    },
    async removeUnfinished({ writers = [] } = {}) {
      await claim.lock?.check()
      const removing = { directory, guard, place, writers: writers.filter(isWriterName) }
      await masked(() => translated('export into', directory, () => removeUnfinished(removing)))
    },
    read: (path, reading) =>
      masked(async () => {
        await guard.check(fileOf(path))
        return readFileContent(`${directory}/${fileOf(path)}`, reading)
      }),
    async *list() {
      try {
        for await (const { path: file, ...listed } of listFiles(directory)) {
          const path = place.pathOf(file)
          if (path !== undefined) yield { ...listed, path }
        }
      } catch (error) {
        throw maskError(error, { directory, mask })
      }
    },
    size: (path) =>
      masked(async () => {
        await guard.check(fileOf(path))
        return sizeOfPlainFile(`${directory}/${fileOf(path)}`)
      }),
    free: () => translated('look for free space in', directory, () => freeSpace(directory)),
    record: claimedFolderRecord(options, claim),
    records: () => folderRecords({ directory, mode }),
    get lane() {
      return {
        module: import.meta.resolve('@ahi-dicom/exporter-fs/lane'),
        options: {
          directory,
          ...(mode !== undefined && { mode }),
          ...(writer !== undefined && { writer }),
          ...(mask.length > 0 && { mask }),
        },
      }
    },
  }
}

async function makeFolder(directory: string, calls: FileCalls): Promise<void> {
  const made = await makeDirectory(directory, calls)
  for (const folder of made) await flushFolder(dirname(folder))
}

interface Removing {
  readonly writers: readonly string[]
  readonly directory: string
  readonly guard: FolderGuard
  readonly place: FolderPlace
}

/** Removes the temporary files of earlier runs of this writer and of `writers`, and the staged files of `writers`. */
async function removeUnfinished({ directory, guard, place, writers }: Removing): Promise<void> {
  const tags = new Set([place.tag, ...writers.map(tagOf)])
  for await (const path of walkFiles(directory)) {
    if (!isTemporaryOf(basename(path), tags)) continue
    await guard.look(path)
    await unlink(join(directory, path)).catch(ignoreGone)
  }
  for (const writer of writers) {
    const staging = `${recordFolderOf(writer)}${stagedName}`
    await guard.look(staging)
    await rm(join(directory, staging), { recursive: true, force: true })
  }
}

function ignoreGone(error: unknown): void {
  if (errnoOf(error) !== 'ENOENT') throw error
}
