import { defaultLayout, defaultSeriesLayout } from '@ahi-dicom/export-files'
import {
  checkFleetLayout,
  checkFleetSeriesLayout,
  type JsonObject,
  type RunRequest,
  type SubmittedRun,
} from '@ahi-dicom/fleet'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import type { CommandContext } from '../../command-context.ts'
import type { NamedDestination } from '../../destinations/destination-kinds.ts'
import { UsageError } from '../../errors.ts'
import type { ExitCode } from '../../exit-codes.ts'
import { createFailureCounts } from '../../failure-counts.ts'
import { openFleet, tellRedisWarnings } from '../../fleet/open-fleet.ts'
import { checkPatientFilters } from '../../fleet/patient-filters.ts'
import { runJson } from '../../fleet/run-json.ts'
import { describeSelectors } from '../../fleet/run-selectors.ts'
import { formatSettings, type RunSettings } from '../../fleet/run-settings.ts'
import { printJsonLine } from '../../json-line.ts'
import { readExclusions } from '../../options/exclusions.ts'
import { filesOf, hasSeriesFiles } from '../../options/file-options.ts'
import type { RedisOptions } from '../../options/redis-options.ts'
import {
  checkInput,
  checkSelection,
  readSelection,
  type Selection,
  type SelectionOptions,
} from '../../options/selection-options.ts'
import { formatCount } from '../../quantities.ts'
import { withExporter } from '../run-job.ts'

/** Options of `fleet submit`. */
export interface SubmitOptions extends RunSettings, SelectionOptions, RedisOptions {
  readonly out?: NamedDestination
  readonly instancesPerPart?: number
}

/** Adds the missing jobs of a run, and prints the id of the run. Items that cannot be selected are logged as errors. */
export async function submit(
  texts: readonly string[],
  options: SubmitOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { log, signal } = context
  const destination = destinationOf(options)
  checkSelection(texts, options)
  filesOf(options)
  checkFleetLayout(options.layout ?? defaultLayout)
  if (hasSeriesFiles(options)) checkFleetSeriesLayout(options.seriesLayout ?? defaultSeriesLayout)
  const exclude = await exclusionsOf(texts, options, context)
  const read = async (): Promise<Selection> => await readSelection(texts, { ...options, exclude }, context)
  const first = await read()
  const described = await describeOnce(first, texts)
  const { datastoreId, nonPrimary } = first
  const settings = formatSettings({ ...options, exclude }, nonPrimary)
  const request: RunRequest = { datastoreId, destination, settings: { ...settings, selectors: described } }
  // A long list is read while it is used, and can be used once. The description used it.
  const selection = isReadOnce(first.selectors) ? await read() : first
  await using fleet = await openFleet(options, context)
  await tellRedisWarnings(fleet, context)
  const failures = createFailureCounts()
  const submitted = await withExporter({}, context, async (exporter) => {
    using progress = context.startProgress()
    return await fleet.submit({
      ...selection,
      exporter,
      request,
      instancesPerPart: options.instancesPerPart,
      signal,
      onProgress: ({ imageSets }) =>
        progress.update({
          noun: 'image sets',
          instances: { done: imageSets, total: imageSets, failed: 0 },
          isTotalKnown: false,
          frames: { done: 0, total: 0 },
          bytesFetched: 0,
        }),
      onFailure(failure) {
        failures.add(failure)
        const { message, ...facts } = failure
        log.error(message, { event: 'item-failed', ...facts })
      },
      onRedis: (state) => log.warn(`Redis is ${state}`, { event: `redis-${state}` }),
    })
  })
  await tellSubmitted(submitted, context)
  return failures.exitCode(submitted.imageSets)
}

function destinationOf({ out }: SubmitOptions): string {
  if (out === undefined)
    throw new UsageError('Cannot submit a run without a destination: give --out with a folder or a bucket')
  if (out.shared !== undefined) return out.shared
  throw new UsageError(
    `Cannot export to ${out.kind.name} with a fleet: several workers cannot write to it at the same time; ` +
      'give s3://BUCKET/PREFIX or a folder that all workers share, or use ahi-dicom export',
  )
}

/** Returns the exclusions, with lists replaced by their lines. */
async function exclusionsOf(
  texts: readonly string[],
  { where = [], exclude = [] }: SubmitOptions,
  { terminal, signal }: CommandContext,
): Promise<readonly string[]> {
  checkInput(texts, exclude)
  const exclusions = await readExclusions(exclude, { stdin: terminal.stdin, signal })
  checkPatientFilters([...where, ...exclusions])
  return exclusions
}

/** Returns true if selectors are read from a long list while they are used. */
function isReadOnce(selectors: Selection['selectors']): boolean {
  return selectors !== 'all' && Symbol.asyncIterator in selectors
}

/** Returns the selectors as stored with the run. Refuses a long list on standard input, which cannot be read a second time. */
async function describeOnce({ selectors }: Selection, texts: readonly string[]): Promise<JsonObject[string]> {
  if (isReadOnce(selectors) && texts.includes('-')) {
    throw new UsageError(
      'Cannot read a list of this length from standard input, because it is read twice: write it to a file and give @FILE',
    )
  }
  return await describeSelectors(selectors)
}

async function tellSubmitted(
  { run, imageSets, added, failures }: SubmittedRun,
  { terminal, global }: CommandContext,
): Promise<void> {
  if (global.json === true) {
    await printJsonLine(terminal, { kind: 'submitted', run: runJson(run), imageSets, added, failures })
  } else if (global.quiet === true) await terminal.print(`${run.id}\n`)
  else {
    const what = `${formatCount(imageSets, 'image set')} selected, ${formatCount(added, 'job')} added`
    const lines = [`run ${run.id}: ${what}`, `to ${run.destination}`]
    await terminal.print(lines.map((line) => `${printable(line)}\n`).join(''))
  }
}
