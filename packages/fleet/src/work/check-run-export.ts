import { defaultLayout, defaultSeriesLayout, isSeriesFormat, mediaLayout } from '@ahi-dicom/export-files'
import { FleetError } from '../errors.ts'
import type { RunExport } from './work-options.ts'

/** A layout with all of these placeholders gives each series its own path. */
const uidsOfSeries = ['StudyInstanceUID', 'SeriesInstanceUID']

/** A layout with all of these placeholders gives each instance its own path. */
const uidsOfInstances = [...uidsOfSeries, 'SOPInstanceUID']

type CheckedExport = Pick<RunExport, 'layout' | 'seriesLayout' | 'destination' | 'dicomdir' | 'formats'>

/**
 * Checks that several workers can write the files of a run at the same time.
 *
 * @throws {FleetError} `FLEET_LAYOUT_NOT_UNIQUE`, `FLEET_DESTINATION_UNSUPPORTED`
 */
export function checkRunExport(
  { layout = defaultLayout, seriesLayout = defaultSeriesLayout, destination, dicomdir, formats = [] }: CheckedExport,
  { runId, writer }: { readonly runId: string; readonly writer: string | undefined },
): void {
  checkFleetLayout(layout, runId)
  if (formats.some(isSeriesFormat)) checkFleetSeriesLayout(seriesLayout, runId)
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
  if (layout === mediaLayout)
    throw notUnique(layout, 'its paths depend on the order of all files', uidsOfInstances, runId)
  checkUids(layout, uidsOfInstances, runId)
}

/**
 * Checks that a layout of series gives each series its own path.
 *
 * @throws {FleetError} `FLEET_LAYOUT_NOT_UNIQUE`
 * @example
 * import { checkFleetSeriesLayout } from '@ahi-dicom/fleet'
 *
 * checkFleetSeriesLayout('{StudyInstanceUID}/{SeriesInstanceUID}') // throws for '{Modality}'
 */
export function checkFleetSeriesLayout(layout: string, runId?: string): void {
  checkUids(layout, uidsOfSeries, runId)
}

function checkUids(layout: string, uids: readonly string[], runId: string | undefined): void {
  const missing = uids.filter((uid) => !layout.includes(`{${uid}}`))
  if (missing.length > 0) throw notUnique(layout, `it lacks {${missing.join('}, {')}}`, uids, runId)
}

function notUnique(layout: string, why: string, uids: readonly string[], runId: string | undefined): FleetError {
  return new FleetError(
    'FLEET_LAYOUT_NOT_UNIQUE',
    `Cannot export with several workers and the layout "${layout}": ${why}; use a layout with {${uids.join('}, {')}}, so that no two files share a path`,
    { runId },
  )
}

function unsupported(why: string, runId: string): FleetError {
  return new FleetError('FLEET_DESTINATION_UNSUPPORTED', `Cannot export with several workers: ${why}`, { runId })
}
