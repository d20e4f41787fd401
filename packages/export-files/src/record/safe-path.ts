import { pageName, recordNames, stagedName, stagingFolder } from '../destination/record-store.ts'
import { isWriterName, recordFolderOf } from '../destination/writer-names.ts'
import { foldCase } from '../layout/fold-case.ts'

/** Returns whether a path stays in the destination on every file system, and is none of the record. */
export function isFilePath(path: string): boolean {
  const isOutside = path.split(/[\\/]/u).some((name) => name === '..' || name === '.' || name === '')
  return !isOutside && !/^[a-z]:/iu.test(path) && !isOfRecord(foldCase(path))
}

/**
 * Returns whether a path is that of a file of a record, of the page that is made from it, of one that a process leaves that claims a record, or of one that
 * waits for the others of its image set. Writers have records of their own.
 */
export function isOfRecord(path: string): boolean {
  const [, writer, name] = ofWriter.exec(path) ?? []
  if (writer === undefined || name === undefined) return path === pageName || isNameOfRecord(path) || isStaged(path)
  return isWriterName(writer) && (isNameOfRecord(name) || name.startsWith(`${stagedName}/`))
}

const ofWriter = /^\.ahi-dicom\/writers\/([^/]*)\/(.*)$/su

function isNameOfRecord(name: string): boolean {
  return namesOfRecord.has(name) || name.startsWith(recordNames.lock)
}

/** Returns whether a path is that of a file that waits for the others of its image set. */
export function isStaged(path: string): boolean {
  return path.startsWith(`${stagingFolder}/`)
}

/** Returns the path where a file waits. */
export function stagedPath(imageSetId: string, path: string): string {
  return `${stagingFolder}/${imageSetId}/${path}`
}

/** Returns the path where a file of a writer waits, as the record without a name sees it. */
export function stagedPathOf(writer: string | undefined, imageSetId: string, path: string): string {
  return `${recordFolderOf(writer)}${stagedName}/${imageSetId}/${path}`
}

/** Returns the path that a waiting file will have. */
export function unstagedPath(imageSetId: string, path: string): string {
  const folder = stagedPath(imageSetId, '')
  return path.startsWith(folder) ? path.slice(folder.length) : path
}

const namesOfRecord: ReadonlySet<string> = new Set(Object.values(recordNames))
