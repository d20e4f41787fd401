import { UsageError } from '../errors.ts'
import { filesOf, hasSeriesFiles, type FileOptions, type Files } from '../options/file-options.ts'

/**
 * Returns which files a run writes.
 *
 * @throws {UsageError} for files of series: a job may have a part of a series alone
 */
export function fleetFilesOf(options: FileOptions): Files {
  if (!hasSeriesFiles(options)) return filesOf(options)
  throw new UsageError(
    'Cannot write volumes with a fleet: a job may have a part of a series, which makes no volume; use ahi-dicom export',
  )
}
