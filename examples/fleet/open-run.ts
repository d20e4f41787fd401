import { createFormats } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import type { Run, RunExport, RunPlace } from '@ahi-dicom/fleet'

/**
 * Makes of a run what to do for it. Runs lie in Redis, where others may have put them: check what is in them, and write only
 * where this machine may.
 */
export function openRun({ destination, settings }: Run, { writer }: RunPlace): RunExport {
  const { EXAMPLE_FOLDER: folder } = process.env
  if (destination !== folder)
    throw new Error(`Cannot export to ${destination}: this machine exports to ${folder} alone`)
  const { formats, ...others } = settings
  if (formats !== 'dcm' || Object.keys(others).length > 0) throw new Error('Cannot read the settings of the run')
  return {
    destination: folderDestination({ directory: destination, writer }),
    formats: createFormats([formats]),
    selection: { selectors: 'all' },
  }
}
