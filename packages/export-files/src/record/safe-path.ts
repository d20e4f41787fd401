import { pageName, recordNames, stagedName, stagingFolder } from '../destination/record-store.ts'
import { isWriterName, recordFolderOf } from '../destination/writer-names.ts'
import { foldCase } from '../layout/fold-case.ts'

/** Returns true if a path stays inside the destination on every file system and does not belong to the record. */
export function isFilePath(path: string): boolean {
  const isOutside = path.split(/[\\/]/u).some((name) => name === '..' || name === '.' || name === '')
  return !isOutside && !/^[a-z]:/iu.test(path) && !isOfRecord(foldCase(path))
}

/**
 * Returns true if a path belongs to the record: its files, its lock and the temporary files of the lock, the report
 * page, or a file in the staging folder. The same applies to the records of named writers.
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

/** Returns true if a path is in the staging folder. */
export function isStaged(path: string): boolean {
  return path.startsWith(`${stagingFolder}/`)
}

/** Returns the path of a file in the staging folder. */
export function stagedPath(imageSetId: string, path: string): string {
  return `${stagingFolder}/${imageSetId}/${path}`
}

/** Returns the path of a file in the staging folder of a writer, relative to the destination. */
export function stagedPathOf(writer: string | undefined, imageSetId: string, path: string): string {
  return `${recordFolderOf(writer)}${stagedName}/${imageSetId}/${path}`
}

/** Returns the final path of a file in the staging folder. Returns any other path unchanged. */
export function unstagedPath(imageSetId: string, path: string): string {
  const folder = stagedPath(imageSetId, '')
  return path.startsWith(folder) ? path.slice(folder.length) : path
}

const namesOfRecord: ReadonlySet<string> = new Set(Object.values(recordNames))
