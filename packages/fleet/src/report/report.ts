import { mergeRecords, parseLayout, type ErrorEntry, type MergedCounts } from '@ahi-dicom/export-files'
import { countJobs, type JobCounts } from '../control/status.ts'
import type { FleetContext } from '../fleet-context.ts'
import type { Run } from '../model/run.ts'
import { readSubmissionErrors } from '../run/submission-record.ts'
import { checkRunExport } from '../work/check-run-export.ts'
import { sumDoneJobs, type DoneJobs } from './done-jobs.ts'
import { readFailedJobs, type FailedJobs } from './failed-jobs.ts'
import { outcomeOf } from './outcome.ts'
import type { FleetReport, FleetSummary, ReportOptions } from './report-options.ts'
import { requeueLost } from './requeue-lost.ts'
import { unmetSelectors } from './unmet-selectors.ts'

/**
 * Merges the records of all workers into that of the destination, and writes what failed and the summary. While jobs are
 * open, it merges what is there: the outcome is `interrupted`, and a later report goes on. Killed in the middle and run
 * again, it comes to the same.
 */
export async function reportRun(
  context: FleetContext,
  runId: string,
  { openRun, signal }: ReportOptions,
): Promise<FleetReport> {
  signal?.throwIfAborted()
  const run = await context.runs.get(runId)
  const queue = context.queue(runId)
  const runExport = await openRun(run, {})
  checkRunExport(runExport, { runId, writer: undefined })
  const { destination, layout } = runExport
  const jobs = await countJobs(queue)
  const isDone = run.state === 'submitted' && jobs.waiting + jobs.active + jobs.delayed === 0
  using failed = await readFailedJobs(queue, { datastoreId: run.datastoreId, signal })
  const done = await sumDoneJobs(queue, signal)
  await destination.open({ mask: parseLayout(layout).mask, mode: 'resume' })
  try {
    const merged = await mergeRecords<FleetSummary>(destination, {
      keepError: (entry) => failed.keep(entry),
      errors: furtherErrors(context, { run, jobs, isDone, failed }),
      summarize: (counts) => summaryOf(run, { counts, jobs, done, failed, isDone }),
      signal,
    })
    const { summary, conflicts, lost, lostFiles } = merged
    const requeuedJobs = await requeueLost(queue, lost)
    const isOver = isDone && merged.locked.length === 0 && requeuedJobs === 0
    if (isOver) await context.runs.change(runId, (stored) => ({ ...stored, reportedAt: new Date() }))
    return { run, outcome: summary.outcome, summary, isOver, conflicts, lostFiles, requeuedJobs }
  } finally {
    await destination.close()
  }
}

interface RunEnd {
  readonly run: Run
  readonly jobs: JobCounts
  readonly isDone: boolean
  readonly failed: FailedJobs
}

/** Yields what no worker has recorded. */
async function* furtherErrors(
  context: FleetContext,
  { run, jobs, isDone, failed }: RunEnd,
): AsyncGenerator<ErrorEntry> {
  yield* failed.unrecorded()
  yield* readSubmissionErrors(context.redis.client, context.keys, run.id)
  if (isDone) yield* unmetSelectors(context, run)
  else yield openJobs(run, jobs)
}

function openJobs({ id, datastoreId, state }: Run, { waiting, active, delayed }: JobCounts): ErrorEntry {
  const more = state === 'submitting' ? ', and its submission has not ended' : ''
  const cancelled = state === 'cancelled' ? ', and it was cancelled' : ''
  const message = `Cannot report all of run ${id}: ${waiting + active + delayed} jobs are open${more}${cancelled}; report again once they are done`
  return { datastoreId, code: 'FLEET_RUN_ACTIVE', message, retryable: true }
}

function summaryOf(
  run: Run,
  {
    counts,
    jobs,
    done,
    failed,
    isDone,
  }: Omit<RunEnd, 'run'> & { readonly counts: MergedCounts; readonly done: DoneJobs },
): FleetSummary {
  const { checksumMismatches } = failed
  const missing = Math.max(0, done.instances - counts.instances - counts.lostFiles)
  const isOver = isDone && counts.locked.length === 0
  const failedInstances = failed.instances + counts.lostFiles + missing
  return {
    outcome: outcomeOf(counts, { isOver, checksumMismatches, missing }),
    datastoreId: run.datastoreId,
    startedAt: run.createdAt.toISOString(),
    seconds: (Date.now() - run.createdAt.getTime()) / 1000,
    imageSets: { selected: done.imageSets + failed.imageSets, failed: failed.imageSets },
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
