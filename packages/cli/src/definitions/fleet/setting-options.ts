import { Command } from 'commander'
import { readOptions } from '../../config/settings.ts'
import { addDestinationOptions } from '../../destinations/destination-kinds.ts'
import { UsageError } from '../../errors.ts'
import type { RunSettings } from '../../fleet/run-settings.ts'
import { addFileOptions } from '../file-options.ts'
import { addFilterOptions } from '../selection-options.ts'

const ofPlace = 'it is a setting of each machine; give it to ahi-dicom fleet work and fleet report'
const ofWorker = 'it is a setting of each machine; give it to ahi-dicom fleet work'
const ofOthers = 'a fleet exports only to a folder or a bucket; leave it out'
const ofPatient =
  'it would store patient data in Redis; name the image sets instead: ahi-dicom search … --ids | ahi-dicom fleet submit -'

/** Options of `export` that fleets refuse, with the reasons. */
const refusals: Readonly<Record<string, string>> = {
  patientId: ofPatient,
  accession: ofPatient,
  dicomdir: 'no worker knows all instances; use ahi-dicom export',
  outProfile: ofPlace,
  outRegion: ofPlace,
  outEndpointUrl: ofPlace,
  outRole: ofPlace,
  outWriter: 'each worker keeps a record under its own name; leave it out',
  ifNoneMatch: 'repeated jobs must replace their files; leave it out',
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
  resume: 'submitting a run again continues it; leave it out',
  overwrite: 'a fleet cannot replace an export; remove it first, or choose another destination',
  dryRun: 'use ahi-dicom plan',
}

/** Hides the refused options from the help. The parser still knows them, so that the command can say why it refuses them. */
export function hideRefused(command: Command): void {
  for (const option of command.options) if (option.attributeName() in refusals) option.hideHelp()
}

/**
 * Refuses options that a fleet cannot use.
 * @throws {UsageError} with the reason
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
 * Reads the settings of a run with the parsers of the command line. Missing settings have the defaults of the command line.
 * @throws {UsageError} for an unknown or malformed setting
 */
export function readSettings(values: Readonly<Record<string, unknown>>, place: string): RunSettings {
  const command = addFileOptions(addFilterOptions(addDestinationOptions(new Command())))
  hideRefused(command)
  for (const [name, value] of readOptions({ place, command, section: '' }, values)) {
    command.setOptionValueWithSource(name, value, 'config')
  }
  return command.opts<RunSettings>()
}
