import { UsageError } from '../errors.ts'
import { hasSeriesFiles, instanceFilesOf, type FileOptions, type Files } from '../options/file-options.ts'

/**
 * Returns which files a run writes. `--cine` animates instances alone.
 *
 * @throws {UsageError} for files of series: a job may have a part of a series alone
 */
export function fleetFilesOf(options: FileOptions): Files {
  if (!hasSeriesFiles(options)) return instanceFilesOf(options)
  throw new UsageError(
    'Cannot write volumes and contact sheets with a fleet: a job may have a part of a series; use ahi-dicom export',
  )
}
