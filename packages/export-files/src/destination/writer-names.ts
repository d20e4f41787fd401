/**
 * Returns true if the text is a valid writer name: 1 to 64 ASCII letters, digits, dots, hyphens and underscores, and no
 * dot at the start.
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
 * @throws {TypeError} if the name is not valid, see {@link isWriterName}
 * @example
 * import { requireWriterName } from '@ahi-dicom/export-files/writers'
 *
 * requireWriterName('machine-7') // throws for 'a/b'
 */
export function requireWriterName(writer: string | undefined): void {
  if (writer === undefined || isWriterName(writer)) return
  throw new TypeError(
    'Expected the `writer` option to consist of 1 to 64 letters (A to Z), digits, dots, hyphens and underscores, and not to start with a dot',
  )
}

/** Folder for the internal files of a destination. */
export const recordFolder = '.ahi-dicom/'

/** Folder for the records of writers. Each lies in a subfolder with the name of its writer. */
export const writersFolder: string = `${recordFolder}writers/`

/**
 * Returns the folder for the record of a writer. Without a writer, returns the folder for the record without a name.
 *
 * @example
 * import { recordFolderOf } from '@ahi-dicom/export-files/writers'
 *
 * console.log(recordFolderOf('machine-7')) // .ahi-dicom/writers/machine-7/
 */
export function recordFolderOf(writer: string | undefined): string {
  return writer === undefined ? recordFolder : `${writersFolder}${writer}/`
}

/** Reason why one of several writers cannot make a DICOMDIR. It ends a sentence, see `DestinationLimits`. */
export const sharedDicomdir =
  'a DICOMDIR lists all files of its place, and other writers have files there; export without a writer'
