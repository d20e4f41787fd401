import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import { lessVerified, type ChecksumResult } from '@ahi-dicom/export-files'
import { failureOf, type FailedItem, type Failure } from '../failure/failure.ts'
import { isSeriesItem, type Fetched, type ItemResult, type LaneItem, type ReadFrames } from '../lane/lane-item.ts'
import { maskMessage } from '../record/mask-message.ts'
import { countFiles, countNotices } from '../record/counts.ts'
import type { HandedItem } from './handed-items.ts'
import type { StagedItem } from './job-image-set.ts'
import { notify, report, reportOutage, warn, type Job } from './job.ts'
import { addOutcome, countDone, countFailed, type JobInstance } from './job-instance.ts'

/** The failures of an item whose result was processed. */
export interface TakenResult {
  /** Empty if the item is written. Paths in messages are masked, so they name no patient. */
  readonly failures: readonly Failure[]
  /** Instances newly counted as failed. */
  readonly failedInstances: number
}

/** Records and counts the result of an item. */
export async function takeResult(job: Job, handed: HandedItem, result: ItemResult): Promise<TakenResult> {
  const failures = masked(job, handed.item, [...result.failures, ...(await addEntries(job, result))])
  noteAccess(job, result)
  const failedInstances = failures.length === 0 ? 0 : await failItem(job, handed, failures)
  if (failures.length === 0) {
    for (const instance of outcomesOf(handed, result)) if (instance.isDone) countDone(job, instance.instance)
  }
  notify(job)
  await reportWarnings(job, handed, result.notices)
  return { failures, failedInstances }
}

/**
 * Processes the result of an item whose files wait for the rest of their image set. Records only failures. Calls
 * `onDone` for each instance whose items are all written.
 */
export async function takeStagedResult(
  job: Job,
  handed: HandedItem,
  { result, onDone }: { readonly result: ItemResult; readonly onDone: (instance: JobInstance) => void },
): Promise<TakenResult> {
  noteAccess(job, result)
  const failures = masked(job, handed.item, result.failures)
  if (failures.length === 0) {
    for (const { instance, isDone } of outcomesOf(handed, result)) if (isDone) onDone(instance)
    return { failures, failedInstances: 0 }
  }
  const failedInstances = await failItem(job, handed, failures)
  notify(job)
  return { failures, failedInstances }
}

/** Counts the files of an item after its image set was replaced, and reports its warnings. */
export async function takeReplaced(job: Job, { instances, result }: StagedItem): Promise<void> {
  countFiles(job.counts, result.entries)
  notify(job)
  await reportWarnings(job, { instances }, result.notices)
}

interface InstanceOfResult {
  readonly instance: JobInstance
  /** True if all items of the instance are done. */
  readonly isDone: boolean
}

/** Adds the outcome "written" to each instance of an item. */
function outcomesOf({ instances }: HandedItem, result: ItemResult): readonly InstanceOfResult[] {
  const { entries, frames, framesOfInstances } = result
  const checksum = entries.reduce<ChecksumResult>((least, file) => lessVerified(least, file.checksum), 'none')
  return instances.map((instance, position) => {
    const own = framesOfInstances === undefined ? frames : (framesOfInstances[position] ?? noFrames)
    const outcome = {
      kind: 'written',
      frames: own,
      checksum: framesOfInstances === undefined ? checksum : checksumOf(own),
    } as const
    return { instance, isDone: addOutcome(instance, outcome) }
  })
}

const noFrames: ReadFrames = { written: 0, unverified: 0 }

/**
 * Returns the checksum result of one instance of a series. Series formats always compare frames with their checksums if
 * possible.
 */
function checksumOf({ written, unverified }: ReadFrames): ChecksumResult {
  if (written === 0) return 'none'
  return unverified > 0 ? 'unverified' : 'verified'
}

/** Records the files of an item. Returns the failure if that fails: an item that is not recorded has failed. */
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

/** Counts fetched bytes and frames. */
export function takeFetched(job: Job, fetched: Fetched): void {
  const { byteLength, frames } = fetched
  job.telemetry.fetched(fetched)
  job.counts.bytesFetched += byteLength
  job.counts.frames.received += frames
  if (byteLength + frames > 0) notify(job)
}

/**
 * Reports the failures of an item. Returns how many instances it newly counts as failed. Failures after the job was
 * aborted are not reported: those instances count as unfinished.
 */
async function failItem(job: Job, handed: HandedItem, failures: readonly Failure[]): Promise<number> {
  if (job.signal.aborted) return 0
  const outage = failures.find(({ isOutage }) => isOutage)
  if (outage !== undefined) {
    await reportOutage(job, outage)
    return 0
  }
  const failed = handed.instances.filter((instance) => countFailed(job, instance))
  for (const failure of failures) await report(job, failure, failedItemOf(handed))
  return failed.length
}

/** Returns the identifiers of an item for the record of failures. */
export function failedItemOf({ item, instances }: HandedItem): FailedItem {
  const { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid } = item.key
  const ofSeries = { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid }
  if (!isSeriesItem(item)) return { ...ofSeries, sopInstanceUid: item.key.sopInstanceUid }
  return { ...ofSeries, sopInstanceUids: instances.map(({ key }) => key.sopInstanceUid) }
}

function masked(job: Job, item: LaneItem, failures: readonly Failure[]): readonly Failure[] {
  const mask = isSeriesItem(item) ? job.seriesMask : job.mask
  return failures.map((failure) => ({ ...failure, message: maskMessage(failure.message, item.stem, mask) }))
}

/** Reports the warnings of an item. Notices about losses are left out, because they are reported as failures. */
async function reportWarnings(
  job: Job,
  { instances }: Pick<HandedItem, 'instances'>,
  notices: readonly InstanceNotice[],
): Promise<void> {
  const warnings = notices.filter(({ isLoss }) => !isLoss)
  const [first] = instances
  countNotices(job.counts, warnings, instances.length)
  if (first !== undefined) await warn(job, job.warnings.end(first.key, warnings, instances.length))
}
