import type { FileWriter, StoredFile } from '../destination/file-writer.ts'

/** Removes files after a failure. Ignores errors, so that the caller reports the failure itself. */
export async function removeFiles(writer: FileWriter, files: readonly Pick<StoredFile, 'path'>[]): Promise<void> {
  await Promise.allSettled(files.map(({ path }) => writer.remove(path)))
}
