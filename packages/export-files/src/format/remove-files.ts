import type { FileWriter, StoredFile } from '../destination/file-writer.ts'

/** Removes files after a failure, as far as that is possible. The failure itself is the one to report. */
export async function removeFiles(writer: FileWriter, files: readonly Pick<StoredFile, 'path'>[]): Promise<void> {
  await Promise.allSettled(files.map(({ path }) => writer.remove(path)))
}
