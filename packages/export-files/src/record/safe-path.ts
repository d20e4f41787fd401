import { recordNames } from '../destination/record-store.ts'
import { foldCase } from '../layout/fold-case.ts'

/** Returns whether a path stays in the destination on every file system, and is none of the record. */
export function isFilePath(path: string): boolean {
  const isOutside = path.split(/[\\/]/u).some((name) => name === '..' || name === '.' || name === '')
  return !isOutside && !/^[a-z]:/iu.test(path) && !isOfRecord(foldCase(path))
}

/** Returns whether a path is that of a file of the record, or of one that a process leaves that claims the record. */
export function isOfRecord(path: string): boolean {
  return namesOfRecord.has(path) || path.startsWith(recordNames.lock)
}

const namesOfRecord: ReadonlySet<string> = new Set(Object.values(recordNames))
