import { UsageError } from '../errors.ts'
import { hasSeriesFiles, instanceFilesOf, type FileOptions, type Files } from '../options/file-options.ts'

/**
 * Returns the files that a run writes. `--cine` animates instances, but not series.
 *
 * @throws {UsageError} for volumes and contact sheets, because a job may hold only a part of a series
 */
export function fleetFilesOf(options: FileOptions): Files {
  if (!hasSeriesFiles(options)) return instanceFilesOf(options)
  throw new UsageError(
    'Cannot write volumes and contact sheets with a fleet: a job may hold only a part of a series; use ahi-dicom export',
  )
}
