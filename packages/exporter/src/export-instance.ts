import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import { countFiles, countNotices, countWritten } from './counts.ts'
import { InstanceLossError } from './errors.ts'
import { notify, report, warn, type Job } from './job.ts'
import { checksumResult, manifestEntry } from './manifest-entry.ts'
import { largestShare, openInstance, type OpenInstance, type OpenInstanceOptions } from './open-instance.ts'
import { createReceived, type Fetched } from './received.ts'
import type { InstanceKey } from './sink.ts'
import { instanceEntry, type WalkedInstance } from './walk-selection.ts'
import { writeInstance, type InstanceToWrite } from './write-instance.ts'

/**
 * Takes a place and memory for all that reading the instance will hold at a time, then lets it go its way. Nothing that
 * is under way ever asks for more, so instances cannot wait for each other.
 */
export async function startInstance(job: Job, walked: WalkedInstance): Promise<void> {
  const { parts, signal, running } = job
  let target: InstanceToWrite
  try {
    target = openToExport(job, walked)
  } catch (error) {
    await failInstance(job, [error], walked.key)
    return
  }
  const place = await job.places.reserve(1, { signal })
  const memory = await parts.memory.reserve(target.open.bytesInFlight, { signal })
  const told = job.warnings.start(walked.key)
  if (told.length > 0) await warn(job, told)
  const task = exportInstance(job, target, walked.key).finally(() => {
    place.release()
    memory.release()
    running.delete(task)
  })
  running.add(task)
}

function openToExport(job: Job, walked: WalkedInstance): InstanceToWrite {
  const received = createReceived((fetched) => noteFetched(job, fetched))
  const openWhole = (): OpenInstance => openOnce(job, walked, { received, source: 'instance', isFallback: true })
  return { open: openOnce(job, walked, { received }), openWhole, received }
}

function openOnce(
  { parts, options }: Job,
  walked: WalkedInstance,
  changed: Pick<OpenInstanceOptions, 'received' | 'source' | 'isFallback'>,
): OpenInstance {
  const { rereadsFrames = false, keepsNoBytes = false } = options.sink
  return openInstance(parts.frames, instanceEntry(walked), {
    ...options,
    maxBytes: parts.memory.limit * largestShare,
    maxFrames: parts.frames.requests.limit,
    keepFrames: rereadsFrames ? 'within-limit' : 'never',
    releasesFrames: keepsNoBytes && !rereadsFrames,
    ...changed,
  })
}

/** Settles, never rejects: what goes wrong is reported, and ends the job where that cannot be done. */
async function exportInstance(job: Job, target: InstanceToWrite, key: InstanceKey): Promise<void> {
  const { sink, headerOnly = false } = job.options
  const failures: unknown[] = []
  let notices: readonly InstanceNotice[] = []
  try {
    const { instance, files, ...written } = await writeInstance(sink, target, job.signal)
    failures.push(...written.failures, ...lossOf(written.notices))
    const checksum = checksumResult(instance, headerOnly)
    for (const file of files) await sink.journal(manifestEntry(key, { ...written, instance, checksum }, file))
    countFiles(job.counts, files)
    notices = written.notices
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

function noteFetched(job: Job, { byteLength, frames }: Fetched): void {
  job.counts.bytesFetched += byteLength
  job.counts.frames.received += frames
  notify(job)
}
