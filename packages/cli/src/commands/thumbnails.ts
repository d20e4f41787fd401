import { filePath, parseLayout } from '@ahi-dicom/export-files'
import type { Exporter, Thumbnail } from '@ahi-dicom/exporter'
import { writeAtomically } from '@ahi-dicom/exporter-fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { CommandContext } from '../command-context.ts'
import { UsageError } from '../errors.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { createFailureCounts, type FailureCounts } from '../failure-counts.ts'
import { jsonLine } from '../json-line.ts'
import type { CacheOption } from '../options/plan-options.ts'
import { checkSelection, readSelection, type Selection, type SelectionOptions } from '../options/selection-options.ts'
import type { WorkOptions } from '../options/work-options.ts'
import { formatBytes, formatCount } from '../quantities.ts'
import { withExporter } from './run-job.ts'

/** Options of `thumbnails`. */
export interface ThumbnailOptions extends SelectionOptions, WorkOptions, CacheOption {
  readonly out?: string
  readonly size?: number
  readonly each?: 'instance' | 'series'
}

/** Counts of what was written and fetched. */
interface Written {
  files: number
  bytesFetched: number
  /** Size of the frames in bytes. Frames of unknown size count with the bytes that were fetched. */
  frameBytes: number
  unverified: number
}

const layout = parseLayout('{SeriesInstanceUID}/{SOPInstanceUID}')
/** The layout uses only UIDs, so attributes are not needed. */
const noAttributes = { strings: () => [], numbers: () => [] }

/** Writes thumbnails to a folder, and prints how much of the frames was fetched. */
export async function writeThumbnails(
  texts: readonly string[],
  options: ThumbnailOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, global, log } = context
  const { out } = options
  checkSelection(texts, options)
  if (out === undefined) throw new UsageError('Cannot write thumbnails without a folder: give --out DIR')
  await checkFolder(out)
  const selection = await readSelection(texts, options, context)
  const failures = createFailureCounts()
  const written: Written = { files: 0, bytesFetched: 0, frameBytes: 0, unverified: 0 }
  await withExporter(options, context, async (exporter) => {
    await writeAll(exporter, { selection, out, options, written, failures, context })
  })
  const exitCode = failures.exitCode(written.files)
  if (exitCode === exitCodes.nothingSelected)
    log.info('nothing matches the selection, or no matching instance has frames')
  if (global.json === true) {
    await terminal.print(jsonLine({ kind: 'thumbnails', directory: out, ...written, errors: failures.byCode() }))
  } else if (global.quiet !== true) {
    await terminal.print(summaryText(written, out))
  }
  return exitCode
}

/** Throws a `UsageError` unless the folder is new or empty, so that thumbnails are not mixed with other files. */
async function checkFolder(path: string): Promise<void> {
  try {
    if ((await readdir(path)).length === 0) return
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined
    if (code === 'ENOENT') return
    if (code !== 'ENOTDIR') throw error
    throw new UsageError(`Cannot write thumbnails to '${path}': it is not a folder; name a folder that is new or empty`)
  }
  throw new UsageError(`Cannot write thumbnails to '${path}': it is not empty; name a folder that is new or empty`)
}

interface Writing {
  readonly selection: Selection
  readonly out: string
  readonly options: ThumbnailOptions
  readonly written: Written
  readonly failures: FailureCounts
  readonly context: CommandContext
}

async function writeAll(
  exporter: Exporter,
  { selection, out, options, written, failures, context }: Writing,
): Promise<void> {
  const { terminal, global, log, signal } = context
  const { size, each, concurrency } = options
  using progress = context.startProgress()
  const thumbnails = exporter.thumbnails({
    ...selection,
    size,
    each,
    concurrency,
    signal,
    onFailure(failure) {
      failures.add(failure)
      const { message, ...facts } = failure
      log.error(message, { event: 'item-failed', ...facts })
    },
  })
  for await (const thumbnail of thumbnails) {
    const file = pathOf(thumbnail)
    await writeAtomically(join(out, file), [thumbnail.png], { signal })
    count(written, thumbnail)
    progress.update({
      noun: 'files',
      instances: { done: written.files, total: written.files, failed: 0 },
      isTotalKnown: false,
      frames: { done: 0, total: 0 },
      bytesFetched: written.bytesFetched,
    })
    if (global.json !== true) continue
    progress.clear()
    const { png: _, frame, ...facts } = thumbnail
    if (!(await terminal.print(jsonLine({ kind: 'thumbnail', file, frameNumber: frame + 1, ...facts })))) return
  }
}

function pathOf({ frame, frameCount, ...uids }: Thumbnail): string {
  const stem = layout.path({ ...uids, attributes: noAttributes })
  return filePath(stem, { format: 'png', frame, frameCount, hasExtension: true })
}

function count(written: Written, { bytesFetched, byteLength = bytesFetched, isVerified }: Thumbnail): void {
  written.files += 1
  written.bytesFetched += bytesFetched
  written.frameBytes += byteLength
  if (!isVerified) written.unverified += 1
}

function summaryText({ files, bytesFetched, frameBytes, unverified }: Written, out: string): string {
  const share = frameBytes === 0 ? '' : ` (${((100 * bytesFetched) / frameBytes).toFixed(1)} %)`
  const lines = [
    `${formatCount(files, 'thumbnail')} written`,
    `${formatBytes(bytesFetched)} of ${formatBytes(frameBytes)} of frames fetched${share}`,
    ...(unverified === 0
      ? []
      : [`${formatCount(unverified, 'frame')} not compared with a checksum: decoded at a lower resolution`]),
    `to ${out}`,
  ]
  return `${lines.join('\n')}\n`
}
