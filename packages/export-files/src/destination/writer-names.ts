/**
 * Returns whether a writer may have the name: 1 to 64 letters of ASCII, digits, dots, hyphens and underscores.
 *
 * @example
 * import { isWriterName } from '@ahi-dicom/export-files/writers'
 *
 * console.log(isWriterName('machine-7'), isWriterName('a/b')) // true false
 */
export function isWriterName(name: string): boolean {
  return /^[\w-][\w.-]{0,63}$/u.test(name)
}

/**
 * Checks the option `writer` of a destination.
 *
 * @throws {TypeError} if no writer can have the name
 * @example
 * import { requireWriterName } from '@ahi-dicom/export-files/writers'
 *
 * requireWriterName('machine-7') // throws for 'a/b'
 */
export function requireWriterName(writer: string | undefined): void {
  if (writer === undefined || isWriterName(writer)) return
  throw new TypeError(
    'Expected the `writer` option to be of 1 to 64 letters (A to Z), digits, dots, hyphens and underscores',
  )
}

/** Folder of what a destination keeps beside its files. */
export const recordFolder = '.ahi-dicom/'

/** Folder of the records of writers, each in a folder of its name. */
export const writersFolder: string = `${recordFolder}writers/`

/**
 * Returns the folder of a writer, or of the record without a name.
 *
 * @example
 * import { recordFolderOf } from '@ahi-dicom/export-files/writers'
 *
 * console.log(recordFolderOf('machine-7')) // .ahi-dicom/writers/machine-7/
 */
export function recordFolderOf(writer: string | undefined): string {
  return writer === undefined ? recordFolder : `${writersFolder}${writer}/`
}

/** Why a writer among others cannot make a DICOMDIR: the end of a sentence. */
export const sharedDicomdir =
  'a DICOMDIR lists all files of its place, and other writers have files there; export without a writer'
