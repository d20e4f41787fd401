import type { FileWriter, StoredFile } from '../destination/file-writer.ts'

/**
 * Removes files after a failure, unless other writers may have written them too. Ignores errors, so that the caller
 * reports the failure itself.
 */
export async function removeFiles(writer: FileWriter, files: readonly Pick<StoredFile, 'path'>[]): Promise<void> {
  if (writer.isShared === true) return
  await Promise.allSettled(files.map(({ path }) => writer.remove(path)))
}
