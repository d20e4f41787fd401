import { defaultLayout, isSeriesFormat, mediaLayout } from '@ahi-dicom/export-files'
import { FleetError } from '../errors.ts'
import type { RunExport } from './work-options.ts'

/** A layout with all of these placeholders gives each instance its own path. */
const uids = ['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID']

type CheckedExport = Pick<RunExport, 'layout' | 'destination' | 'dicomdir' | 'formats'>

/**
 * Checks that several workers can write the files of a run at the same time.
 *
 * @throws {FleetError} `FLEET_LAYOUT_NOT_UNIQUE`, `FLEET_DESTINATION_UNSUPPORTED`, `FLEET_FORMAT_UNSUPPORTED`
 */
export function checkRunExport(
  { layout = defaultLayout, destination, dicomdir, formats = [] }: CheckedExport,
  { runId, writer }: { readonly runId: string; readonly writer: string | undefined },
): void {
  checkFleetLayout(layout, runId)
  const ofSeries = formats.find(isSeriesFormat)
  if (ofSeries !== undefined) throw unsupportedFormat(ofSeries.name, runId)
  if (dicomdir === true)
    throw unsupported('a DICOMDIR lists the files of all workers; create it from the exported files', runId)
  if (destination.records === undefined || destination.writer !== writer) {
    throw unsupported(
      `"${destination.name}" cannot keep a record for each worker; export to a bucket or a shared folder`,
      runId,
    )
  }
}

/**
 * Checks that a layout gives each instance its own path.
 *
 * @throws {FleetError} `FLEET_LAYOUT_NOT_UNIQUE`
 * @example
 * import { checkFleetLayout } from '@ahi-dicom/fleet'
 *
 * checkFleetLayout('{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}') // throws for '{Modality}'
 */
export function checkFleetLayout(layout: string, runId?: string): void {
  const missing = uids.filter((uid) => !layout.includes(`{${uid}}`))
  if (layout === mediaLayout || missing.length > 0) {
    const what =
      layout === mediaLayout ? 'its paths depend on the order of all files' : `it lacks {${missing.join('}, {')}}`
    throw new FleetError(
      'FLEET_LAYOUT_NOT_UNIQUE',
      `Cannot export with several workers and the layout "${layout}": ${what}; use a layout with {${uids.join('}, {')}}, so that no two files share a path`,
      { runId },
    )
  }
}

function unsupportedFormat(name: string, runId: string): FleetError {
  const message =
    `Cannot export the format "${name}" with several workers: it writes files of whole series, but a job may have only a part ` +
    'of a series; export it with one process'
  return new FleetError('FLEET_FORMAT_UNSUPPORTED', message, { runId })
}

function unsupported(why: string, runId: string): FleetError {
  return new FleetError('FLEET_DESTINATION_UNSUPPORTED', `Cannot export with several workers: ${why}`, { runId })
}
