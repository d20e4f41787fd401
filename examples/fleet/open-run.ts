import { createFormats } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import type { Run, RunExport, RunPlace } from '@ahi-dicom/fleet'

/**
 * Returns the export of a run. Others may have written runs to Redis: check their content, and write only to permitted
 * destinations.
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
