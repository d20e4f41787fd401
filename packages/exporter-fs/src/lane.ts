/**
 * Writes files from a lane (a thread that exports). Uses blocking calls, which take less CPU time.
 * @module
 */
import type { FileWriter, PathMask } from '@ahi-dicom/export-files'
import { createSynchronousCalls } from './file/file-calls.ts'
import { modesOf } from './file/modes.ts'
import { createFolderWriter, withMaskedFailures } from './folder/folder-writer.ts'
import type { FolderDestinationOptions } from './folder/folder-writer.ts'
import { createMasking } from './folder/mask-error.ts'

/** Options of {@link createFileWriter}. */
export interface FolderLaneOptions extends FolderDestinationOptions {
  /** Replaces patient data in the paths that messages show. Default: paths are shown unchanged. */
  readonly mask?: PathMask | undefined
}

/**
 * Returns a writer of files into a folder, for this thread.
 *
 * @throws {TypeError} if the mode or the name of the writer is not valid
 * @example
 * import { createFileWriter } from '@ahi-dicom/exporter-fs/lane'
 *
 * const writer = createFileWriter({ directory: './lane' })
 * const chunks = instance.part10()
 * const { path } = await writer.write({ path: 'slice.dcm', format: 'dcm', mediaType: 'application/dicom', chunks })
 * console.log(path) // slice.dcm
 */
export function createFileWriter({ directory, mode, writer: name, mask = [] }: FolderLaneOptions): FileWriter {
  const writer = createFolderWriter({ directory, writer: name }, createSynchronousCalls(modesOf(mode)))
  return mask.length === 0 ? writer : withMaskedFailures(writer, createMasking({ directory, mask: () => mask }))
}
