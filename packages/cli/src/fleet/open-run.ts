import type { Run, RunExport } from '@ahi-dicom/fleet'
import type { CommandContext } from '../command-context.ts'
import type { AwsOptions } from '../destinations/aws-options.ts'
import type { BucketOptions } from '../destinations/bucket.ts'
import type { OpenOutput } from '../destinations/destination-kind.ts'
import { parseDestination } from '../destinations/destination-kinds.ts'
import { UsageError } from '../errors.ts'
import { filesOf } from '../options/file-options.ts'
import { filtersOf } from '../options/filters.ts'
import { isAccepted } from './accepted.ts'
import { readRunSelectors } from './run-selectors.ts'
import type { RunSettings } from './run-settings.ts'

/** Options of a machine: its access to the destination, and the destinations that it may write to. They change no file. */
export interface PlaceOptions extends AwsOptions, Pick<BucketOptions, 'outEndpointUrl' | 'outRole'> {
  /** Destinations that runs may write to, as full paths or bucket URLs. Default: all. */
  readonly accept?: readonly string[]
}

/** Reads the settings of a run with the parsers of the command line. `place` is their source in messages. */
export type ReadSettings = (values: Readonly<Record<string, unknown>>, place: string) => RunSettings

/** Options of {@link openRun}. */
export interface RunOpening {
  readonly place: PlaceOptions
  readonly readSettings: ReadSettings
  /** Name of this process's record. Default: the record without a name. */
  readonly writer?: string | undefined
  readonly context: CommandContext
}

/** A run as options of a job, and its opened destination. */
export interface OpenedRun {
  readonly exported: RunExport
  readonly output: OpenOutput
}

/**
 * Reads a run from Redis. Other programs may have written it, so its settings are checked like the command line.
 * @throws {UsageError} if the run is malformed, or the options of this machine exclude it
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
    throw new UsageError(`Cannot export to ${run.destination} ${where}: it is not below a destination of --accept`)
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
    ...filesOf(settings),
    filters: filtersOf(settings),
    nonPrimary: settings.nonPrimary,
    selection: { selectors: readRunSelectors(selectors, where) },
    destination: output.destination,
  }
  return { exported, output }
}
