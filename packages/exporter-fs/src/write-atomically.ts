import type { FileContent, FileDigest, WriteFileOptions } from '@ahi-dicom/export-files'
import { asynchronousCalls } from './file/file-calls.ts'
import { writeWhole } from './file/write-whole.ts'

/**
 * Writes a file so that it appears whole or not at all, even after a power cut. The file is written under a temporary name,
 * flushed to the device, closed and renamed. Only the user can read it (mode 0600, reduced by the umask). Makes missing
 * folders, and replaces an existing file. Creates nothing before the first bytes arrive, and leaves nothing if the source
 * fails or the signal aborts. Uses at most 256 KiB and one chunk of memory.
 *
 * Returns size and SHA-256 of the written bytes.
 *
 * @throws {OutputError} if the file system fails
 * @throws the error of `chunks`, or the reason of the signal
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
