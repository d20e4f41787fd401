import {
  countFinishedInstances,
  countRecordedInstances,
  isInstanceFormat,
  joinMasks,
  mergeRecords,
  parseLayout,
  parseSeriesLayout,
  type AnyFormat,
  type Destination,
  type ErrorEntry,
  type LostFile,
  type MergedCounts,
  type MergedRecords,
} from '@ahi-dicom/export-files'
import { countJobs, type JobCounts } from '../control/status.ts'
import type { FleetContext } from '../fleet-context.ts'
import type { Run } from '../model/run.ts'
import { createAskRedis, type AskRedis } from '../redis/ask-redis.ts'
import { readSubmissionErrors } from '../run/submission-record.ts'
import { checkRunExport } from '../work/check-run-export.ts'
import { sumDoneJobs, type DoneJobs } from './done-jobs.ts'
import { readFailedJobs, type FailedJobs } from './failed-jobs.ts'
import { outcomeOf } from './outcome.ts'
import type { FleetReport, FleetSummary, ReportOptions } from './report-options.ts'
import { requeueMissing, type MissingInstances } from './missing-instances.ts'
import { requeueImageSet } from './requeue-image-set.ts'
import { unmetSelectors } from './unmet-selectors.ts'

/**
 * Merges the records of all workers into the record of the destination, and writes `errors.ndjson` and the summary. While
 * jobs are open, it merges the records that exist, with the outcome `interrupted`, and a later report merges the rest. A
 * report that was killed can be run again with the same result.
 */
export async function reportRun(
  context: FleetContext,
  runId: string,
  { openRun, signal, maxMemory = defaultMemory }: ReportOptions,
): Promise<FleetReport> {
  signal?.throwIfAborted()
  const ask = createAskRedis(context.redis, { signal })
  const run = await ask(async () => context.runs.get(runId))
  const queue = context.queue(runId)
  const runExport = await openRun(run, {})
  checkRunExport(runExport, { runId, writer: undefined })
  const { destination, layout, seriesLayout, formats } = runExport
  const jobs = await ask(async () => countJobs(queue))
  const isDone = run.state === 'submitted' && jobs.waiting + jobs.active + jobs.delayed === 0
  const done = await sumDoneJobs(queue, ask)
  const end = { run, jobs, isDone, done, maxMemory, ask }
  const mask = joinMasks(parseLayout(layout).mask, parseSeriesLayout(seriesLayout).mask)
  await destination.open({ mask, mode: 'resume' })
  try {
    const first = await merge(context, { ...end, destination, lost: nothingLost, missing: nothingMissing, signal })
    const lost = new Map(first.lost.map((file) => [file.imageSetId, file]))
    let requeuedJobs = 0
    for (const file of lost.values()) requeuedJobs += await requeueImageSet(queue, file, { ask })
    const missing = await findMissing(context, { ...end, destination, formats, first, signal })
    requeuedJobs += missing.requeuedJobs
    const merged =
      missing.entries.length === 0 ? first : await merge(context, { ...end, destination, lost, missing, signal })
    const isOver = isDone && merged.locked.length === 0 && requeuedJobs === 0
    const reportedAt = isOver ? new Date() : undefined
    await ask(async () => context.runs.change(runId, (stored) => ({ ...stored, reportedAt })))
    const { summary } = merged
    const { conflicts, lostFiles } = first
    return { run, outcome: summary.outcome, summary, isOver, conflicts, lostFiles, requeuedJobs }
  } finally {
    await destination.close()
  }
}

/** The same default as for merging records, in bytes. */
const defaultMemory = 128 * 2 ** 20

const nothingLost: ReadonlyMap<string, LostFile> = new Map()
const nothingMissing: MissingInstances = { instances: 0, requeuedJobs: 0, entries: [] }

interface RunEnd {
  readonly run: Run
  readonly jobs: JobCounts
  readonly isDone: boolean
  readonly done: DoneJobs
  readonly maxMemory: number
  readonly ask: AskRedis
}

interface MergeParts extends RunEnd {
  readonly destination: Destination
  /** By image set. */
  readonly lost: ReadonlyMap<string, LostFile>
  readonly missing: MissingInstances
  readonly signal: AbortSignal | undefined
}

async function merge(context: FleetContext, parts: MergeParts): Promise<MergedRecords<FleetSummary>> {
  const { run, destination, lost, signal, ask } = parts
  // Half of the memory is for the jobs, and half for the records.
  const maxMemory = parts.maxMemory / 2
  using failed = await readFailedJobs(context.queue(run.id), { datastoreId: run.datastoreId, ask, maxMemory })
  return await mergeRecords<FleetSummary>(destination, {
    failed,
    keepError: (entry) => failed.keep(entry) || (entry.code === 'OUTPUT_FILE_LOST' && lost.has(entry.imageSetId ?? '')),
    errors: furtherErrors(context, { ...parts, failed }),
    summarize: (counts) => summaryOf({ ...parts, failed }, counts),
    signal,
    maxMemory,
  })
}

interface MissingParts extends Omit<MergeParts, 'lost' | 'missing'> {
  readonly formats: readonly AnyFormat[] | undefined
  readonly first: MergedRecords<FleetSummary>
}

/** Number of maps that share the memory while missing instances are looked for. */
const mapsOfMissing = 4

/**
 * Finds instances of completed jobs that are neither in the record nor among the lost files. Finds none while a worker is
 * still writing, because its record is not merged yet. Comparing totals is not enough: the record may contain instances of
 * other runs.
 */
async function findMissing(
  context: FleetContext,
  { run, done, destination, formats, first, ask, signal, maxMemory }: MissingParts,
): Promise<MissingInstances> {
  if (first.locked.length > 0 || done.instances === 0) return nothingMissing
  const reading = { signal, maxMemory: maxMemory / mapsOfMissing }
  // Formats of pictures and series make no files of some instances, for example of those without pixels.
  const hasAllFiles = formats === undefined || formats.some((format) => isInstanceFormat(format) && !format.readsPixels)
  const count = hasAllFiles ? countRecordedInstances : countFinishedInstances
  using recorded = await count(destination.record, reading)
  const known = new Set(first.lost.map(({ imageSetId }) => imageSetId))
  return await requeueMissing(context.queue(run.id), {
    datastoreId: run.datastoreId,
    recorded,
    wholeOnly: !hasAllFiles,
    known,
    ask,
    maxMemory: reading.maxMemory,
  })
}

interface MergingRun extends RunEnd {
  readonly failed: FailedJobs
  readonly missing: MissingInstances
}

/** Yields the failures that no worker has recorded. */
async function* furtherErrors(
  context: FleetContext,
  { run, jobs, isDone, failed, missing, ask }: MergingRun,
): AsyncGenerator<ErrorEntry> {
  yield* failed.unrecorded()
  yield* missing.entries
  yield* readSubmissionErrors(context.redis.client, context.keys, { runId: run.id, ask })
  if (isDone) yield* unmetSelectors(context, run, ask)
  else yield openJobs(run, jobs)
}

function openJobs({ id, datastoreId, state }: Run, { waiting, active, delayed }: JobCounts): ErrorEntry {
  const more = state === 'submitting' ? ', and its submission has not ended' : ''
  const cancelled = state === 'cancelled' ? ', and the run was cancelled' : ''
  const message = `Cannot report run ${id} completely: ${waiting + active + delayed} jobs are open${more}${cancelled}; report again when all jobs are done`
  return { datastoreId, code: 'FLEET_RUN_ACTIVE', message, retryable: true }
}

function summaryOf({ run, jobs, done, failed, isDone, missing }: MergingRun, counts: MergedCounts): FleetSummary {
  const { checksumMismatches } = failed
  const isOver = isDone && counts.locked.length === 0
  const failedInstances = failed.instances + counts.lostFiles + missing.instances
  return {
    outcome: outcomeOf(counts, { isOver, checksumMismatches }),
    datastoreId: run.datastoreId,
    startedAt: run.createdAt.toISOString(),
    seconds: (Date.now() - run.createdAt.getTime()) / 1000,
    imageSets: { selected: done.imageSets + failed.imageSets, failed: failed.unread },
    instances: {
      selected: counts.instances + failedInstances,
      written: counts.instances,
      skipped: 0,
      failed: failedInstances,
      unfinished: 0,
    },
    frames: counts.frames,
    unverifiedInstances: counts.unverifiedInstances,
    uncheckedInstances: counts.uncheckedInstances,
    files: counts.files,
    bytesWritten: counts.byteLength,
    errors: counts.errors,
    warnings: counts.warnings,
    checksumMismatches,
    retryableOnly: counts.failures > 0 && counts.retryableFailures === counts.failures,
    fleet: { runId: run.id, jobs, writers: { merged: counts.writers, running: counts.locked } },
  }
}
