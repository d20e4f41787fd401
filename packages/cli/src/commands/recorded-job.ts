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

/** The selection and the files of a job that continues or updates an export. */
export interface RecordedJob {
  readonly selection: Selection
  readonly files: Files
}

/** Options of {@link readJob}. */
export interface ReadJobOptions extends SelectionOptions, FileOptions {
  readonly given: GivenOptions
}

/**
 * Returns the selection and files of the command line. If it has no selection, they are read from `export.json` of the
 * destination, and options of files on the command line take precedence. If it has a selection, `export.json` is not read. The
 * options or the defaults then decide the files, and the job refuses files that differ from the recorded ones. Without a
 * destination, only the command line counts.
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

/** Returns the data store. If none is named, it is the recorded one. The job refuses another one. */
function datastoreIdOf(
  { datastoreId }: { readonly datastoreId: string },
  { global, env, ...context }: CommandContext,
): string {
  const named = global.datastoreId ?? env['AHI_DATASTORE_ID'] ?? ''
  return named === '' ? datastoreId : context.datastoreId()
}

function recordedSelection(selection: DescribedSelection | undefined): Omit<Selection, 'datastoreId'> {
  if (selection === undefined) throw notKept('selectors that were not known in advance')
  const { selectors, filters, nonPrimary } = selection
  const rest = { filters: filters.map(parseFilter), nonPrimary }
  if (selectors === 'all') return { selectors, ...rest }
  if ('count' in selectors) throw notKept(`${selectors.count} selectors`)
  return { selectors: selectors.map(readRecorded), ...rest }
}

function notRecorded(): UsageError {
  return new UsageError(
    'Cannot read the selection of the export: the destination has no export.json that this version can read; name image sets, studies or series, or give --all',
  )
}

function notKept(what: string): UsageError {
  return new UsageError(
    `Cannot read the selection of the export: it was made with ${what}, which export.json does not contain; give them again, or --all`,
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

/** Returns true for animations of series. Animations of instances have the same names. */
function isAnimation({ scope, name }: DescribedFormat): boolean {
  return scope === 'series' && animationNames.some((animation) => animation === name)
}

function namesOf<Name extends string>(formats: readonly DescribedFormat[], known: readonly Name[]): readonly Name[] {
  const names = formats.flatMap(({ name }) => known.find((one) => one === name) ?? [])
  if (names.length === formats.length) return names
  throw new UsageError(
    'Cannot continue the export: export.json names a format that this version does not know; use the version that made the export',
  )
}

/** Returns the options of a format. Animations have `frames` among their settings, because it changes their bytes. */
function recordedOptions({ frames, settings }: DescribedFormat): object {
  const text = frames ?? settings?.['frames']
  return { ...settings, frames: typeof text === 'string' && text !== 'all' ? parseFrames(text) : undefined }
}
