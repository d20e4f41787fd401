import { countLoaded, summarize } from './counts.ts'
import { startInstance } from './export-instance.ts'
import { isFatalFailure } from './item-failure.ts'
import { createJob, notify, report, warn, type ExportOptions, type Job, type JobParts } from './job.ts'
import type { ExportSummary } from './summary.ts'
import { walkSelection, type WalkedFailure, type WalkedInstance } from './walk-selection.ts'

/**
 * Exports the selected instances to the sink. Resolves with the summary however the job ends, once everything that it
 * started is settled; rejects only where the signal has aborted before the start, or the sink cannot be opened or
 * closed.
 */
export async function runExport(parts: JobParts, options: ExportOptions): Promise<ExportSummary> {
  options.signal?.throwIfAborted()
  const startedAt = new Date()
  const start = performance.now()
  const job = createJob(parts, options)
  await options.sink.open()
  if (decodesFrames(options)) parts.prepareDecoding?.()
  try {
    await exportSelection(job)
  } catch (error) {
    job.end(error)
  }
  await Promise.all(job.running)
  await warn(job, job.warnings.rest())
  const seconds = (performance.now() - start) / 1000
  const summary = summarize(job.counts, { datastoreId: options.datastoreId, startedAt, seconds, ...job.ending() })
  await options.sink.close(summary)
  return summary
}

function decodesFrames({ headerOnly, transferSyntax, verifyFrames }: ExportOptions): boolean {
  return headerOnly !== true && (transferSyntax !== 'stored' || verifyFrames !== false)
}

/** Starts instances as places and memory become free: this wait is what holds back the metadata and the search. */
async function exportSelection(job: Job): Promise<void> {
  const { parts, options, counts, signal } = job
  const walk = walkSelection(parts.client, {
    ...options,
    signal,
    onSelected: () => void (counts.imageSets.selected += 1),
    onLoaded: ({ instances }) => countLoaded(counts, instances),
    onUnreadable: () => void (counts.imageSets.failed += 1),
    onSelectionOver: () => void (counts.isSelectionOver = true),
  })
  for await (const walked of walk) {
    if (walked.kind === 'failure') await failSelected(job, walked)
    else if (walked.isDuplicate || options.sink.completed(walked.key)) skip(job, walked)
    else await startInstance(job, walked)
  }
}

async function failSelected(job: Job, failure: WalkedFailure): Promise<void> {
  if (isFatalFailure(failure)) job.end(failure.error)
  await report(job, failure.error, failure.item)
  notify(job)
}

function skip(job: Job, { entry, isDuplicate }: WalkedInstance): void {
  const { counts } = job
  counts.instances.skipped += 1
  counts.frames.expected -= entry.instance.ImageFrames.length
  if (isDuplicate) counts.duplicates += 1
  notify(job)
}
