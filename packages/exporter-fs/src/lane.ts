/**
 * Writes files in a lane, a thread that exports: with calls that block the thread, which cost less.
 * @module
 */
import type { FileWriter } from '@ahi-dicom/export-files'
import { synchronousCalls } from './file/file-calls.ts'
import { createFolderWriter } from './folder/folder-writer.ts'
import type { FolderOptions } from './folder/folder-writer.ts'

/** Makes the writer of a folder for this thread. */
export function createFileWriter(options: FolderOptions): FileWriter {
  return createFolderWriter(options, synchronousCalls)
}
