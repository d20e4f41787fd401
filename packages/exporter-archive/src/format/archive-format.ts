/** Forms of an archive. */
export type ArchiveFormat = 'zip' | 'tar' | 'tar.gz'

const endings: readonly (readonly [ending: string, format: ArchiveFormat])[] = [
  ['.zip', 'zip'],
  ['.tar', 'tar'],
  ['.tar.gz', 'tar.gz'],
  ['.tgz', 'tar.gz'],
]

/**
 * Returns the form that the name of a file stands for, whatever its case; undefined if it is none of an archive.
 *
 * @example
 * import { archiveFormatOf } from '@ahi-dicom/exporter-archive'
 *
 * console.log(archiveFormatOf('study.tar.gz')) // tar.gz
 * console.log(archiveFormatOf('study')) // undefined
 */
export function archiveFormatOf(path: string): ArchiveFormat | undefined {
  const name = path.toLowerCase()
  return endings.find(([ending]) => name.endsWith(ending))?.[1]
}

/** What an archive is called in messages. */
export const formatLabels: Readonly<Record<ArchiveFormat, string>> = {
  zip: 'a ZIP',
  tar: 'a tar',
  'tar.gz': 'a tar.gz',
}

/** Levels that are used if none is asked for: what is exported is often compressed already, and a tar.gz is there to be small. */
const defaultLevels: Readonly<Record<ArchiveFormat, number>> = { zip: 0, tar: 0, 'tar.gz': 6 }

/**
 * Returns the level of compression of an archive.
 *
 * @throws {TypeError} for a level that is none, and for one of a tar, which has none
 */
export function compressionOf(format: ArchiveFormat, compression: number = defaultLevels[format]): number {
  if (!Number.isInteger(compression) || compression < 0 || compression > 9) {
    throw new TypeError(`Expected the \`compression\` option to be an integer from 0 to 9, got \`${compression}\``)
  }
  if (format === 'tar' && compression > 0) {
    throw new TypeError('Expected no `compression` option for a tar, which is not compressed: use the format tar.gz')
  }
  return compression
}
