import { hash } from 'node:crypto'
import { stagedName, stagingFolder } from '@ahi-dicom/export-files'
import { recordFolderOf, requireWriterName } from '@ahi-dicom/export-files/writers'
import type { FileTag } from '../file/temporary-file.ts'

/** Where the files of a destination lie in its folder. Several writers may share the folder. */
export interface FolderPlace {
  /** Folder of the record, relative to the destination; empty for the record without a name. */
  readonly recordFolder: string
  /** Tells temporary files of this writer from those of others. */
  readonly tag: FileTag
  /** Returns where a file lies: those that wait for the others of their image set lie in the folder of the writer. */
  readonly fileOf: (path: string) => string
  /** Returns the path of a file, or undefined if it waits in the staging folder of the record without a name. */
  readonly pathOf: (file: string) => string | undefined
}

const staging = `${stagingFolder}/`

/**
 * Returns the place of a writer.
 *
 * @throws {TypeError} if no writer can have the name
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

/** Returns the tag of a writer: its name may be long, and be written in capital letters or not. */
export function tagOf(writer: string): FileTag {
  return hash('sha256', writer).slice(0, 8)
}
