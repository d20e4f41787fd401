/**
 * Writes files in a lane, a thread that exports: with calls that block the thread, which cost less.
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
  /** How messages show paths. Default: as they are. */
  readonly mask?: PathMask | undefined
}

/**
 * Makes the writer of a folder for this thread.
 *
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
