import {
  animationNames,
  createFormats,
  createSeriesAnimations,
  formatNames,
  readDescription,
  type DescribedFiles,
  type DescribedFormat,
  type DescribedSelection,
  type Destination,
} from '@ahi-dicom/export-files'
import { parseFilter } from '@ahi-dicom/exporter'
import type { CommandContext } from '../command-context.ts'
import type { GivenOptions } from '../options/given-options.ts'
import { UsageError } from '../errors.ts'
import { filesOf, type FileOptions, type Files } from '../options/file-options.ts'
import { parseFrames } from '../options/option-values.ts'
import { readRecorded } from '../options/recorded-selector.ts'
import { checkSelection, readSelection, type Selection, type SelectionOptions } from '../options/selection-options.ts'

/** What a job on an export that is there selects, and which files it writes. */
export interface RecordedJob {
  readonly selection: Selection
  readonly files: Files
}

/** Options of {@link readJob}. */
export interface ReadJobOptions extends SelectionOptions, FileOptions {
  readonly given: GivenOptions
}

/**
 * Returns what the command line asks for. Where it says nothing of the selection, `export.json` of the destination tells what the
 * export was started with, and where it says nothing of the files either, which files. A selection alone asks for the files
 * that an export writes by default: they may not be the recorded ones, such as headers, and then the job refuses. Without a
 * destination, the command line has to say all.
 */
export async function readJob(
  destination: Destination | undefined,
  texts: readonly string[],
  options: ReadJobOptions,
  context: CommandContext,
): Promise<RecordedJob> {
  const { given } = options
  const hasSelection = texts.length > 0 || given.selection
  const files = filesOf(options)
  const isComplete = destination === undefined || hasSelection
  const description = isComplete ? undefined : await readDescription(destination.record)
  if (isComplete) return { selection: await selectionOf(texts, options, context), files }
  if (description === undefined) throw notRecorded()
  return {
    selection: { ...recordedSelection(description.selection), datastoreId: datastoreIdOf(description, context) },
    files: given.files ? files : { ...files, ...recordedFiles(description.files) },
  }
}

async function selectionOf(
  texts: readonly string[],
  options: SelectionOptions,
  context: CommandContext,
): Promise<Selection> {
  checkSelection(texts, options)
  return await readSelection(texts, options, context)
}

/** The data store need not be named again; one that is named has to be the same, which the job checks. */
function datastoreIdOf(
  { datastoreId }: { readonly datastoreId: string },
  { global, env, ...context }: CommandContext,
): string {
  const named = global.datastoreId ?? env['AHI_DATASTORE_ID'] ?? ''
  return named === '' ? datastoreId : context.datastoreId()
}

function recordedSelection(selection: DescribedSelection | undefined): Omit<Selection, 'datastoreId'> {
  if (selection === undefined) throw notKept('selectors that came one by one')
  const { selectors, filters, nonPrimary } = selection
  const rest = { filters: filters.map(parseFilter), nonPrimary }
  if (selectors === 'all') return { selectors, ...rest }
  if ('count' in selectors) throw notKept(`${selectors.count} selectors`)
  return { selectors: selectors.map(readRecorded), ...rest }
}

function notRecorded(): UsageError {
  return new UsageError(
    'Cannot tell what to export: the destination has no export.json that this version can read; name image sets, studies or series, or give --all',
  )
}

function notKept(what: string): UsageError {
  return new UsageError(
    `Cannot tell what the export selects: it was made with ${what}, which export.json does not keep; give them again, or --all`,
  )
}

function recordedFiles({
  formats,
  layout,
  seriesLayout,
  transferSyntax,
  source,
  headerOnly,
  dicomdir,
}: DescribedFiles): Omit<Files, 'verifyFrames'> {
  const options = Object.fromEntries(formats.map((format) => [format.name, recordedOptions(format)]))
  const made = [
    ...createFormats(
      namesOf(
        formats.filter((format) => !isAnimation(format)),
        formatNames,
      ),
      options,
    ),
    ...createSeriesAnimations(namesOf(formats.filter(isAnimation), animationNames), options),
  ]
  return { formats: made, layout, seriesLayout, dicomdir, transferSyntax, source, headerOnly }
}

/** Formats that animate instances have the same names. */
function isAnimation({ scope, name }: DescribedFormat): boolean {
  return scope === 'series' && animationNames.some((animation) => animation === name)
}

function namesOf<Name extends string>(formats: readonly DescribedFormat[], known: readonly Name[]): readonly Name[] {
  const names = formats.flatMap(({ name }) => known.find((one) => one === name) ?? [])
  if (names.length === formats.length) return names
  throw new UsageError('Cannot go on with the export: export.json names a format that this version does not know')
}

/** An animation has its frames among its settings: they shape its bytes. */
function recordedOptions({ frames, settings }: DescribedFormat): object {
  const text = frames ?? settings?.['frames']
  return { ...settings, frames: typeof text === 'string' && text !== 'all' ? parseFrames(text) : undefined }
}
