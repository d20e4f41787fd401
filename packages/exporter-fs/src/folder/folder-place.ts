import { hash } from 'node:crypto'
import { stagedName, stagingFolder } from '@ahi-dicom/export-files'
import { recordFolderOf, requireWriterName } from '@ahi-dicom/export-files/writers'
import type { FileTag } from '../file/temporary-file.ts'

/** Maps the paths of a destination to files in its folder. Several writers may share the folder. */
export interface FolderPlace {
  /** Folder of the record, relative to the destination. Empty for the unnamed writer. */
  readonly recordFolder: string
  /** Marks the temporary files of this writer. */
  readonly tag: FileTag
  /** Returns the file of a path. Staged paths map to the folder of the writer. */
  readonly fileOf: (path: string) => string
  /** Returns the path of a file, or undefined for a staged file of the unnamed writer. */
  readonly pathOf: (file: string) => string | undefined
}

const staging = `${stagingFolder}/`

/**
 * Returns the place of a writer. Undefined is the unnamed writer.
 *
 * @throws {TypeError} if the name of the writer is not valid
 */
export function folderPlace(writer: string | undefined): FolderPlace {
  requireWriterName(writer)
  if (writer === undefined) return { recordFolder: '', tag: undefined, fileOf: (path) => path, pathOf: (file) => file }
  const recordFolder = recordFolderOf(writer)
  const ownStaging = `${recordFolder}${stagedName}/`
  return {
    recordFolder: recordFolder.slice(0, -1),
    tag: tagOf(writer),
    fileOf: (path) => (path.startsWith(staging) ? ownStaging + path.slice(staging.length) : path),
    pathOf(file) {
      if (file.startsWith(ownStaging)) return staging + file.slice(ownStaging.length)
      return file.startsWith(staging) ? undefined : file
    },
  }
}

/** Returns the tag of a writer. It is a hash, because names may be long and may differ only in case. */
export function tagOf(writer: string): FileTag {
  return hash('sha256', writer).slice(0, 8)
}
