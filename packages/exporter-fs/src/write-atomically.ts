import type { FileContent, FileDigest, WriteFileOptions } from '@ahi-dicom/export-files'
import { asynchronousCalls } from './file/file-calls.ts'
import { writeWhole } from './file/write-whole.ts'

/**
 * Writes a file so that it is seen whole or not at all, also after a power cut: to a temporary name beside it, flushed to
 * the device, closed, renamed. The user alone may read it (0600, less what the umask takes away). Folders are made, and a
 * file of that name is replaced. Nothing is created before the first bytes come, and nothing is left if the source fails or
 * the signal aborts. Holds 256 KiB and one chunk at most.
 *
 * @throws {OutputError} for what the file system refuses; whatever `chunks` throws; the reason of the signal
 * @example
 * import { writeAtomically } from '@ahi-dicom/exporter-fs'
 *
 * const { byteLength } = await writeAtomically('notes/read-me.txt', [Buffer.from('Hello')])
 * console.log(byteLength) // 5
 */
export function writeAtomically(
  path: string,
  chunks: FileContent,
  options: WriteFileOptions = {},
): Promise<FileDigest> {
  return writeWhole(path, chunks, { ...options, calls: asynchronousCalls })
}
