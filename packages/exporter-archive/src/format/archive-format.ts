/** Format of an archive. */
export type ArchiveFormat = 'zip' | 'tar' | 'tar.gz'

const extensions: readonly (readonly [extension: string, format: ArchiveFormat])[] = [
  ['.zip', 'zip'],
  ['.tar', 'tar'],
  ['.tar.gz', 'tar.gz'],
  ['.tgz', 'tar.gz'],
]

/**
 * Returns the format for the extension of a file name, ignoring case. Returns `undefined` for other extensions.
 *
 * @example
 * import { archiveFormatOf } from '@ahi-dicom/exporter-archive'
 *
 * console.log(archiveFormatOf('study.tar.gz')) // tar.gz
 * console.log(archiveFormatOf('study')) // undefined
 */
export function archiveFormatOf(path: string): ArchiveFormat | undefined {
  const name = path.toLowerCase()
  return extensions.find(([extension]) => name.endsWith(extension))?.[1]
}

/** Names of the formats in messages. */
export const formatLabels: Readonly<Record<ArchiveFormat, string>> = {
  zip: 'a ZIP',
  tar: 'a tar',
  'tar.gz': 'a tar.gz',
}

/** Default compression levels. A ZIP is not compressed because frames often are already. A tar.gz is chosen to be small. */
const defaultLevels: Readonly<Record<ArchiveFormat, number>> = { zip: 0, tar: 0, 'tar.gz': 6 }

/**
 * Checks and returns the compression level of an archive.
 *
 * @throws {TypeError} if it is not an integer from 0 to 9, or if it is above 0 for a tar
 */
export function compressionOf(format: ArchiveFormat, compression: number = defaultLevels[format]): number {
  if (!Number.isInteger(compression) || compression < 0 || compression > 9) {
    throw new TypeError(`Expected the \`compression\` option to be an integer from 0 to 9, got \`${compression}\``)
  }
  if (format === 'tar' && compression > 0) {
    throw new TypeError('Expected no `compression` option for a tar, which cannot be compressed: use the format tar.gz')
  }
  return compression
}
