import { createAhiClient } from '@ahi-dicom/ahi-client'
import { createFormats, parseLayout, type PngFormatOptions } from '@ahi-dicom/export-files'
import {
  createExporter,
  type Exporter,
  type ExportOptions as JobOptions,
  type ExportSummary,
  type Selector,
} from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import type { CommandContext } from '../command-context.ts'
import { type DocumentOptions, documentSettings } from '../options/document-options.ts'
import { NothingSelectedError, UsageError } from '../errors.ts'
import type { ExitCode } from '../exit-codes.ts'
import { exportExitCode, formatExportSummary, tellEnd } from '../export-summary.ts'
import { printJsonLine } from '../json-line.ts'
import type { ExportFormat, FrameRange, Window } from '../options/option-values.ts'
import { readSelectors } from '../options/selectors.ts'
import { limitYoungGeneration } from '../young-generation.ts'
import { printPlan } from './export-plan.ts'

/** Options of `export`. */
export interface ExportOptions extends DocumentOptions {
  readonly all?: true
  readonly out?: string
  readonly format?: readonly ExportFormat[]
  readonly transferSyntax: 'explicit' | 'stored'
  readonly source: 'frames' | 'instance'
  readonly layout?: string
  readonly headerOnly?: true
  readonly verify: boolean
  readonly pngBits?: '8' | '16'
  readonly frame?: readonly FrameRange[]
  readonly window?: Window
  /** Counted from 1. */
  readonly windowIndex?: number
  readonly overlays?: true
  readonly includeNonPrimary?: true
  readonly versionId?: string
  readonly concurrency?: number
  readonly threads?: number
  readonly resume?: true
  readonly overwrite?: true
  readonly dryRun?: true
}

/** The main job. Exit code and summary say how it ended; what failed is in `errors.ndjson` of the folder. */
export async function runExport(
  texts: readonly string[],
  options: ExportOptions,
  context: CommandContext,
): Promise<ExitCode> {
  checkCombinations(texts, options)
  limitYoungGeneration()
  const datastoreId = context.datastoreId()
  const directory = options.out
  const output = directory === undefined ? undefined : outputOptions(directory, options)
  const selectors =
    options.all === true
      ? 'all'
      : withVersion(await readSelectors(texts, context.terminal.stdin, context.signal), options)
  const { concurrency, threads } = options
  await using client = createAhiClient({
    ...context.connection(),
    ...documentSettings(options),
    maxConnections: concurrency,
  })
  await using exporter = createExporter({ client, fetchConcurrency: concurrency, lanes: threads })
  if (options.dryRun === true || output === undefined || directory === undefined) {
    return await printPlan(exporter, { datastoreId, selectors, includeNonPrimary: options.includeNonPrimary }, context)
  }
  const summary = await exportTo(exporter, { datastoreId, selectors, output, options }, context)
  if (context.global.json === true) await printJsonLine(context.terminal, summary)
  else if (context.global.quiet !== true) await context.terminal.print(formatExportSummary(summary, directory))
  tellEnd(summary, context.log)
  return exportExitCode(summary)
}

async function exportTo(
  exporter: Exporter,
  job: {
    readonly datastoreId: string
    readonly selectors: readonly Selector[] | 'all'
    readonly output: OutputOptions
    readonly options: ExportOptions
  },
  { startProgress, signal, log }: CommandContext,
): Promise<ExportSummary> {
  const { options, output, ...target } = job
  using progress = startProgress()
  return await exporter.exportTo({
    ...target,
    ...output,
    transferSyntax: options.transferSyntax,
    source: options.source,
    headerOnly: options.headerOnly === true,
    verifyFrames: options.verify,
    includeNonPrimary: options.includeNonPrimary === true,
    signal,
    onProgress: (state) => progress.update(state),
    onLockWait: ({ message }) => log.warn(message),
  })
}

/** Where to write, and which files. */
type OutputOptions = Pick<JobOptions, 'destination' | 'formats' | 'layout' | 'mode'>

function outputOptions(directory: string, options: ExportOptions): OutputOptions {
  const { layout, format = ['dcm'] } = options
  if (layout !== undefined) parseLayout(layout)
  return {
    destination: folderDestination({ directory }),
    formats: createFormats(format, { png: pictureOptions(options) }),
    layout,
    mode: options.resume === true ? 'resume' : options.overwrite === true ? 'overwrite' : 'new',
  }
}

function pictureOptions({ pngBits, frame, window, windowIndex, overlays }: ExportOptions): PngFormatOptions {
  return {
    ...(pngBits === undefined ? {} : { bits: pngBits === '8' ? 8 : 16 }),
    ...(frame === undefined ? {} : { frames: frame }),
    ...(window === undefined ? {} : { window }),
    ...(windowIndex === undefined ? {} : { windowIndex: windowIndex - 1 }),
    ...(overlays === undefined ? {} : { overlays }),
  }
}

function withVersion(selectors: readonly Selector[], { versionId }: ExportOptions): readonly Selector[] {
  const [selector] = selectors
  if (selector === undefined) throw new NothingSelectedError('Cannot export: standard input holds no selector')
  if (versionId === undefined) return selectors
  if (selectors.length === 1 && 'imageSetId' in selector) return [{ ...selector, versionId }]
  throw new UsageError('Cannot use --version-id: it needs exactly one image set id as selector')
}

function checkCombinations(selectors: readonly string[], options: ExportOptions): void {
  if (options.all === true && selectors.length > 0) {
    throw new UsageError('Cannot use --all together with selectors: leave one of them out')
  }
  if (options.all !== true && selectors.length === 0) {
    throw new UsageError('Cannot tell what to export: name image sets, studies or series, or give --all')
  }
  if (options.out === undefined && options.dryRun !== true) {
    throw new UsageError('Cannot tell where to export to: give --out DIR, or --dry-run to see what would be exported')
  }
  if (options.all === true && options.versionId !== undefined) {
    throw new UsageError('Cannot use --version-id with --all: it needs exactly one image set id as selector')
  }
  checkPictureOptions(options)
}

function checkPictureOptions(options: ExportOptions): void {
  const { format = ['dcm'], headerOnly } = options
  const hasPictures = format.includes('png')
  if (!hasPictures && Object.keys(pictureOptions(options)).length > 0) {
    throw new UsageError(
      'Cannot use --frame, --window, --window-index, --png-bits or --overlays: no PNG is written; give --format png or dcm,png',
    )
  }
  if (hasPictures && headerOnly === true) {
    throw new UsageError('Cannot write PNGs with --header-only: it reads no pixels; leave one of them out')
  }
}
