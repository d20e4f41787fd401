import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import type { InstanceKey } from '@ahi-dicom/export-files'
import { failureOf, type FailedItem, type Failure } from '../failure/failure.ts'
import type { Fetched, ItemResult, LaneItem } from '../lane/lane-item.ts'
import { maskMessage } from '../record/mask-message.ts'
import { countFiles, countNotices, countWritten } from '../record/counts.ts'
import { notify, report, reportOutage, warn, type Job } from './job.ts'

/** Records and counts what became of an item. Returns why it has failed; no message names a patient by a path. */
export async function takeResult(job: Job, item: LaneItem, result: ItemResult): Promise<readonly Failure[]> {
  const failures = masked(job, item, [...result.failures, ...(await addEntries(job, result))])
  noteAccess(job, result)
  if (failures.length === 0) countDone(job, item, result)
  else await failItem(job, item, failures)
  notify(job)
  await tellWarnings(job, item, result.notices)
  return failures
}

/** As {@link takeResult}, for an item whose files wait for the others of their image set: only failures are recorded. */
export async function takeStagedResult(job: Job, item: LaneItem, result: ItemResult): Promise<readonly Failure[]> {
  noteAccess(job, result)
  const failures = masked(job, item, result.failures)
  if (failures.length > 0) {
    await failItem(job, item, failures)
    notify(job)
  }
  return failures
}

/** Counts an item whose image set is replaced, and tells its warnings. */
export async function takeReplaced(job: Job, item: LaneItem, result: ItemResult): Promise<void> {
  countFiles(job.counts, result.entries)
  countWritten(job.counts, item, result)
  notify(job)
  await tellWarnings(job, item, result.notices)
}

function countDone(job: Job, item: LaneItem, result: ItemResult): void {
  countWritten(job.counts, item, result)
  job.telemetry.settle(item.key.imageSetId, 'written')
}

/** Records the files of an item. Returns why they could not be: an instance that is not recorded has failed. */
async function addEntries(job: Job, { entries }: ItemResult): Promise<readonly Failure[]> {
  if (entries.length === 0) return []
  try {
    await job.record.add(entries)
    countFiles(job.counts, entries)
    for (const { bytes } of entries) job.telemetry.wrote(bytes)
    return []
  } catch (error) {
    return [failureOf(error)]
  }
}

function noteAccess({ access }: Job, { entries }: ItemResult): void {
  for (const { source } of entries) {
    if (source !== 'none') access.grant(source === 'frames' ? 'GetImageFrame' : 'GetDICOMInstance')
  }
}

/** Counts what a lane has fetched. */
export function takeFetched(job: Job, fetched: Fetched): void {
  const { byteLength, frames } = fetched
  job.telemetry.fetched(fetched)
  job.counts.bytesFetched += byteLength
  job.counts.frames.received += frames
  if (byteLength + frames > 0) notify(job)
}

/** Failures after the job was aborted are not reported: those instances count as unfinished. */
async function failItem(job: Job, { key }: LaneItem, failures: readonly Failure[]): Promise<void> {
  if (job.signal.aborted) return
  const outage = failures.find(({ isOutage }) => isOutage)
  if (outage !== undefined) return await reportOutage(job, outage)
  job.counts.instances.failed += 1
  job.telemetry.settle(key.imageSetId, 'failed')
  for (const failure of failures) await report(job, failure, failedInstance(key))
}

/** Returns what the record says of an instance that failed. */
export function failedInstance(key: InstanceKey): FailedItem {
  const { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = key
  return { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid }
}

function masked({ mask }: Job, { stem }: LaneItem, failures: readonly Failure[]): readonly Failure[] {
  return failures.map((failure) => ({ ...failure, message: maskMessage(failure.message, stem, mask) }))
}

/** Losses are failures, and reported as such. */
async function tellWarnings(job: Job, { key }: LaneItem, notices: readonly InstanceNotice[]): Promise<void> {
  const warnings = notices.filter(({ isLoss }) => !isLoss)
  countNotices(job.counts, warnings)
  await warn(job, job.warnings.end(key, warnings))
}
