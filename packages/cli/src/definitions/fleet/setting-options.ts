import { Command } from 'commander'
import { readOptions } from '../../config/settings.ts'
import { addDestinationOptions } from '../../destinations/destination-kinds.ts'
import { UsageError } from '../../errors.ts'
import type { RunSettings } from '../../fleet/run-settings.ts'
import { addFileOptions } from '../file-options.ts'
import { addFilterOptions } from '../selection-options.ts'

const ofPlace = 'it is a setting of each machine; give it to ahi-dicom fleet work and fleet report'
const ofWorker = 'it is a setting of each machine; give it to ahi-dicom fleet work'
const ofOthers = 'a fleet exports to a folder or a bucket alone'
const ofPatient =
  'it would put data of a patient into Redis; name the image sets: ahi-dicom search … --ids | ahi-dicom fleet submit -'

const ofSeries = 'a job may have a part of a series, which makes no volume and no contact sheet; use ahi-dicom export'

/** Options of `export` that no run has, by their names, and why. */
const refusals: Readonly<Record<string, string>> = {
  patientId: ofPatient,
  accession: ofPatient,
  dicomdir: 'no worker knows all instances; export to media without a fleet',
  contactSheet: ofSeries,
  sheetEncoding: ofSeries,
  sheetTiles: ofSeries,
  sheetColumns: ofSeries,
  sheetTileSize: ofSeries,
  sheetPatientData: ofSeries,
  gaps: ofSeries,
  values: ofSeries,
  segments: ofSeries,
  seriesLayout: ofSeries,
  outProfile: ofPlace,
  outRegion: ofPlace,
  outEndpointUrl: ofPlace,
  outRole: ofPlace,
  outWriter: 'each worker keeps a record under its own name; leave it out',
  ifNoneMatch: 'a job that is repeated writes its files again; leave it out',
  compression: ofOthers,
  reproducible: ofOthers,
  outTokenFile: ofOthers,
  outUser: ofOthers,
  outCa: ofOthers,
  outCert: ofOthers,
  outKey: ofOthers,
  outSigv4: ofOthers,
  outAssociations: ofOthers,
  record: ofOthers,
  concurrency: ofWorker,
  threads: ofWorker,
  maxMemory: ofPlace,
  maxDocumentBytes: ofWorker,
  cache: ofWorker,
  resume: 'a run that is submitted again goes on; leave it out',
  overwrite: 'remove the export first, or choose another destination',
  dryRun: 'use ahi-dicom plan',
}

/** Hides the options of a command that no run has. They stay known, so that the command can say why it refuses them. */
export function hideRefused(command: Command): void {
  for (const option of command.options) if (option.attributeName() in refusals) option.hideHelp()
}

/**
 * Refuses options that no run has.
 * @throws {UsageError} that says why
 */
export function checkRefused(command: Command): void {
  for (const option of command.options) {
    const name = option.attributeName()
    const reason = refusals[name]
    if (reason === undefined || ['default', undefined].includes(command.getOptionValueSource(name))) continue
    throw new UsageError(`Cannot use ${option.long} with a fleet: ${reason}`)
  }
}

/**
 * Reads the settings of a run by the parsers of the command line. Those that are not there have the defaults of the command line.
 * @throws {UsageError} for a setting that is unknown or malformed
 */
export function readSettings(values: Readonly<Record<string, unknown>>, place: string): RunSettings {
  const command = addFileOptions(addFilterOptions(addDestinationOptions(new Command())))
  hideRefused(command)
  for (const [name, value] of readOptions({ place, command, section: '' }, values)) {
    command.setOptionValueWithSource(name, value, 'config')
  }
  return command.opts<RunSettings>()
}
