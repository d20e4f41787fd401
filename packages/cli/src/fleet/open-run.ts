import type { Run, RunExport } from '@ahi-dicom/fleet'
import type { CommandContext } from '../command-context.ts'
import type { AwsOptions } from '../destinations/aws-options.ts'
import type { BucketOptions } from '../destinations/bucket.ts'
import type { OpenOutput } from '../destinations/destination-kind.ts'
import { parseDestination } from '../destinations/destination-kinds.ts'
import { UsageError } from '../errors.ts'
import { fleetFilesOf } from './fleet-files.ts'
import { filtersOf } from '../options/filters.ts'
import { isAccepted } from './accepted.ts'
import { readRunSelectors } from './run-selectors.ts'
import type { RunSettings } from './run-settings.ts'

/** Options of a machine that shape no file: as whom it is known at the destination, and what it may write to. */
export interface PlaceOptions extends AwsOptions, Pick<BucketOptions, 'outEndpointUrl' | 'outRole'> {
  /** Names by which every machine knows the places. Default: any. */
  readonly accept?: readonly string[]
}

/** Reads the settings of a run by the parsers of the command line. `place` says in messages where they stand. */
export type ReadSettings = (values: Readonly<Record<string, unknown>>, place: string) => RunSettings

/** What a run is opened with. */
export interface RunOpening {
  readonly place: PlaceOptions
  readonly readSettings: ReadSettings
  /** Name of the record of this process. Default: the record that has no name. */
  readonly writer?: string | undefined
  readonly context: CommandContext
}

/** A run as a job, and what the command says of its destination. */
export interface OpenedRun {
  readonly exported: RunExport
  readonly output: OpenOutput
}

/**
 * Reads a run as it lies in Redis, where others may have put it. Nothing of it is believed that the command line would refuse.
 * @throws {UsageError} for a run that this machine does not do, or that is malformed
 */
export async function openRun(run: Run, opening: RunOpening): Promise<OpenedRun> {
  const { place, readSettings, writer, context } = opening
  const where = `of run ${run.id}`
  const named = parseDestination(run.destination)
  if (named.shared !== run.destination) {
    throw new UsageError(
      `Cannot export to the destination ${where}: it is neither the full path of a folder nor a bucket`,
    )
  }
  if (!isAccepted(run.destination, place.accept)) {
    throw new UsageError(`Cannot export to ${run.destination} ${where}: --accept does not name it`)
  }
  const { datastoreId } = context.global
  if (datastoreId !== undefined && datastoreId !== run.datastoreId) {
    throw new UsageError(`Cannot export data store ${run.datastoreId} ${where}: --datastore-id names another one`)
  }
  const { selectors, ...values } = run.settings
  const settings = readSettings(values, where)
  const { accept: _, ...ofMachine } = place
  const output = await named.open(
    { ...settings, ...ofMachine, ...(writer === undefined ? {} : { outWriter: writer }) },
    context,
  )
  const exported: RunExport = {
    ...fleetFilesOf(settings),
    filters: filtersOf(settings),
    nonPrimary: settings.nonPrimary,
    selection: { selectors: readRunSelectors(selectors, where) },
    destination: output.destination,
  }
  return { exported, output }
}
