import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import { countFiles, countLoaded, countNotices, countWritten, summarize } from './counts.ts'
import { InstanceLossError } from './errors.ts'
import type { ReceivedFrame } from './frame-supply.ts'
import { isFatalFailure } from './item-failure.ts'
import { createJob, notify, report, warn, type ExportOptions, type Job, type JobParts } from './job.ts'
import { checksumResult, manifestEntry } from './manifest-entry.ts'
import { largestShare, openInstance, type OpenInstance } from './open-instance.ts'
import type { InstanceKey } from './sink.ts'
import type { ExportSummary } from './summary.ts'
import { instanceEntry, walkSelection, type WalkedFailure, type WalkedInstance } from './walk-selection.ts'

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

/**
 * Takes a place and memory for all that reading the instance will hold at a time, then lets it go its way. Nothing that
 * is under way ever asks for more, so instances cannot wait for each other.
 */
async function startInstance(job: Job, walked: WalkedInstance): Promise<void> {
  const { parts, signal, running } = job
  let open: OpenInstance
  try {
    open = openToExport(job, walked)
  } catch (error) {
    await failInstance(job, [error], walked.key)
    return
  }
  const place = await job.places.reserve(1, { signal })
  const memory = await parts.memory.reserve(open.bytesInFlight, { signal })
  const told = job.warnings.start(walked.key)
  if (told.length > 0) await warn(job, told)
  const task = exportInstance(job, open, walked.key).finally(() => {
    place.release()
    memory.release()
    running.delete(task)
  })
  running.add(task)
}

function openToExport(job: Job, walked: WalkedInstance): OpenInstance {
  const { parts, options } = job
  const { rereadsFrames = false, keepsNoBytes = false } = options.sink
  return openInstance(parts.frames, instanceEntry(walked), {
    ...options,
    maxBytes: parts.memory.limit * largestShare,
    maxFrames: parts.frames.requests.limit,
    keepFrames: rereadsFrames ? 'within-limit' : 'never',
    releasesFrames: keepsNoBytes && !rereadsFrames,
    onFetched: (frame) => noteFetched(job, frame),
  })
}

/** Settles, never rejects: what goes wrong is reported, and ends the job where that cannot be done. */
async function exportInstance(job: Job, open: OpenInstance, key: InstanceKey): Promise<void> {
  const { sink, headerOnly = false } = job.options
  const { instance, maxFrames } = open
  const failures: unknown[] = []
  const onFailure = (error: unknown): void => void failures.push(error)
  let notices: readonly InstanceNotice[] = []
  try {
    const files = await sink.write(instance, { signal: job.signal, maxFrames, onFailure })
    open.release()
    const checksum = checksumResult(instance, headerOnly)
    for (const file of files) await sink.journal(manifestEntry(key, instance, file, checksum))
    countFiles(job.counts, files)
    notices = instance.notices
    failures.push(...lossOf(notices))
    if (failures.length === 0) countWritten(job.counts, files, headerOnly ? undefined : instance)
  } catch (error) {
    failures.push(error)
  }
  if (failures.length === 0) notify(job)
  else await failInstance(job, failures, key)
  await tellWarnings(job, key, notices)
}

function lossOf(notices: readonly InstanceNotice[]): InstanceLossError[] {
  const [first, ...others] = notices.filter(({ isLoss }) => isLoss)
  return first === undefined ? [] : [new InstanceLossError([first, ...others])]
}

/** Losses are failures, and reported as such. */
async function tellWarnings(job: Job, key: InstanceKey, notices: readonly InstanceNotice[]): Promise<void> {
  const warnings = notices.filter(({ isLoss }) => !isLoss)
  countNotices(job.counts, warnings)
  const told = job.warnings.end(key, warnings)
  if (told.length > 0) await warn(job, told)
}

/** What fails once the job is ending fails because of that: it is left unfinished. */
async function failInstance(job: Job, errors: readonly unknown[], key: InstanceKey): Promise<void> {
  if (job.signal.aborted) return
  job.counts.instances.failed += 1
  const { versionId: _, ...item } = key
  for (const error of errors) await report(job, error, item)
  notify(job)
}

function noteFetched(job: Job, { byteLength, isRepeated }: ReceivedFrame): void {
  job.counts.bytesFetched += byteLength
  if (!isRepeated) job.counts.frames.received += 1
  notify(job)
}
