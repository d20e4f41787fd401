import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import type { InstanceNotice } from '@ahi-dicom/dicomizer'
import type { ChecksumResult, ManifestEntry } from '@ahi-dicom/export-files'
import type { Failure } from '../failure/failure.ts'
import type { ReadFrames } from '../lane/lane-item.ts'
import type { ExportProgress } from './progress.ts'
import type { ExportOutcome, JobSummary, UnrecordedEntries } from './summary.ts'
import type { SyncCounts } from './sync-counts.ts'

/** The current counts of a job. Only the job changes them. */
export interface Counts {
  /** `left` counts image sets that were read and have no instance that matches the filters. */
  imageSets: { selected: number; read: number; left: number; failed: number }
  isSelectionOver: boolean
  instances: { selected: number; written: number; skipped: number; failed: number }
  duplicates: number
  /**
   * `unverifiedInstances` are written or skipped instances with frames that could not be verified. `uncheckedInstances`
   * are those with verification turned off.
   */
  unverifiedInstances: number
  uncheckedInstances: number
  frames: { expected: number; received: number; written: number; unverified: number }
  files: number
  bytesFetched: number
  bytesWritten: number
  errors: Record<string, number>
  warnings: Record<string, number>
  failures: number
  retryableFailures: number
  checksumMismatches: number
}

/** Creates counts that are all 0. */
export function createCounts(): Counts {
  return {
    imageSets: { selected: 0, read: 0, left: 0, failed: 0 },
    isSelectionOver: false,
    instances: { selected: 0, written: 0, skipped: 0, failed: 0 },
    duplicates: 0,
    unverifiedInstances: 0,
    uncheckedInstances: 0,
    frames: { expected: 0, received: 0, written: 0, unverified: 0 },
    files: 0,
    bytesFetched: 0,
    bytesWritten: 0,
    errors: {},
    warnings: {},
    failures: 0,
    retryableFailures: 0,
    checksumMismatches: 0,
  }
}

/** Counts the instances of an image set after its metadata is read. */
export function countLoaded(counts: Counts, instances: readonly ImageSetInstance[]): void {
  counts.imageSets.read += 1
  if (instances.length === 0) counts.imageSets.left += 1
  counts.instances.selected += instances.length
  for (const { instance } of instances) counts.frames.expected += instance.ImageFrames.length
}

/** Removes instances from the counts that will not be started, because no caller waits for them. */
export function countDropped(counts: Counts, instances: readonly ImageSetInstance[]): void {
  counts.instances.selected -= instances.length
  for (const { instance } of instances) counts.frames.expected -= instance.ImageFrames.length
}

/** Counts one failure under its code. */
export function countFailure(counts: Counts, { code, retryable, isChecksumMismatch }: Failure): void {
  counts.failures += 1
  counts.errors[code] = (counts.errors[code] ?? 0) + 1
  if (retryable) counts.retryableFailures += 1
  if (isChecksumMismatch) counts.checksumMismatches += 1
}

/** Counts instances once for each code in their notices. */
export function countNotices(counts: Counts, notices: readonly InstanceNotice[], instances: number): void {
  for (const code of new Set(notices.map((notice) => notice.code))) {
    counts.warnings[code] = (counts.warnings[code] ?? 0) + instances
  }
}

/** Counts recorded files. */
export function countFiles(counts: Counts, entries: readonly ManifestEntry[]): void {
  counts.files += entries.length
  for (const { bytes } of entries) counts.bytesWritten += bytes
}

/** Counts one written instance, and replaces its number of expected frames by the number read. */
export function countWritten(
  counts: Counts,
  { instance }: ImageSetInstance,
  { frames, checksum }: { readonly frames: ReadFrames; readonly checksum: ChecksumResult },
): void {
  counts.instances.written += 1
  counts.frames.written += frames.written
  counts.frames.unverified += frames.unverified
  counts.frames.expected += frames.written - instance.ImageFrames.length
  countUnverified(counts, checksum)
}

/** Counts one instance that is skipped because its files exist. */
export function countSkipped(counts: Counts, { instance }: ImageSetInstance, checksum: ChecksumResult): void {
  counts.instances.skipped += 1
  counts.frames.expected -= instance.ImageFrames.length
  countUnverified(counts, checksum)
}

/** Counts one instance that is skipped because another image set has it. */
export function countDuplicate(counts: Counts, { instance }: ImageSetInstance): void {
  counts.instances.skipped += 1
  counts.duplicates += 1
  counts.frames.expected -= instance.ImageFrames.length
}

/** Instances at the destination from an image set that was not read. */
export interface UnreadInstances {
  readonly instances: number
  /** Instances with frames that could not be compared with a checksum. */
  readonly unverified: number
  /** Instances whose frames were not compared because verification was turned off. */
  readonly unchecked: number
}

/** Counts the instances of an image set that was not read because all of them are at the destination. */
export function countUnread(counts: Counts, { instances, unverified, unchecked }: UnreadInstances): void {
  counts.imageSets.read += 1
  counts.instances.selected += instances
  counts.instances.skipped += instances
  counts.unverifiedInstances += unverified
  counts.uncheckedInstances += unchecked
}

function countUnverified(counts: Counts, checksum: ChecksumResult): void {
  if (checksum === 'unverified') counts.unverifiedInstances += 1
  if (checksum === 'skipped') counts.uncheckedInstances += 1
}

/** Counts instances as failed that this job wrote and that were lost since. */
export function countLost(counts: Counts, instances: number): void {
  const lost = Math.min(instances, counts.instances.written)
  counts.instances.written -= lost
  counts.instances.failed += lost
}

/** Returns true if something was selected, and all of it is written or skipped. */
export function isComplete(counts: Counts): boolean {
  return counts.instances.selected > 0 && counts.failures === 0 && isFinished(counts)
}

/** Returns the counts as progress for `onProgress`. */
export function progressOf(counts: Counts): ExportProgress {
  const { instances, imageSets } = counts
  const { selected, written, skipped, failed } = instances
  return {
    imageSets: { done: imageSets.read + imageSets.failed, total: imageSets.selected },
    instances: { done: written + skipped + failed, total: selected, failed },
    isTotalKnown: isTotalKnown(counts),
    frames: { done: counts.frames.received, total: counts.frames.expected },
    bytesFetched: counts.bytesFetched,
    bytesWritten: counts.bytesWritten,
  }
}

/** The end of a job, apart from its counts. */
export interface JobEnd {
  readonly datastoreId: string
  readonly startedAt: Date
  readonly seconds: number
  readonly requests: JobSummary['requests']
  readonly isInterrupted: boolean
  readonly fatal: JobSummary['fatal']
  /** True if the job ended because AHI or the destination is unavailable. */
  readonly isOutage: boolean
  readonly unrecorded: readonly UnrecordedEntries[]
  /** False if the job ended before its DICOMDIR was written. */
  readonly isListed: boolean
  /** Undefined if the job is not a sync. */
  readonly sync: SyncCounts | undefined
}

/** Returns the summary of a job that has ended. */
export function summarize(counts: Counts, end: JobEnd): JobSummary {
  const { selected, written, skipped, failed } = counts.instances
  const { imageSets } = counts
  return {
    outcome: outcomeOf(counts, end),
    datastoreId: end.datastoreId,
    startedAt: end.startedAt.toISOString(),
    seconds: end.seconds,
    imageSets: { selected: imageSets.selected - imageSets.left, failed: imageSets.failed },
    instances: { selected, written, skipped, failed, unfinished: selected - written - skipped - failed },
    duplicates: counts.duplicates,
    frames: counts.frames.written,
    unverifiedFrames: counts.frames.unverified,
    unverifiedInstances: counts.unverifiedInstances,
    uncheckedInstances: counts.uncheckedInstances,
    files: counts.files,
    bytesFetched: counts.bytesFetched,
    ...(end.requests === undefined ? {} : { requests: end.requests }),
    bytesWritten: counts.bytesWritten,
    errors: counts.errors,
    warnings: counts.warnings,
    checksumMismatches: counts.checksumMismatches,
    retryableOnly: isRetryableOnly(counts),
    ...(end.sync && { sync: end.sync }),
    ...(end.fatal === undefined ? {} : { fatal: end.fatal }),
    ...(end.unrecorded.length === 0 ? {} : { unrecorded: end.unrecorded }),
  }
}

function outcomeOf(counts: Counts, end: JobEnd): ExportOutcome {
  if (end.fatal !== undefined) return end.isOutage && end.unrecorded.length === 0 ? 'retryable' : 'fatal'
  if (end.isInterrupted && !(isFinished(counts) && end.isListed)) return 'interrupted'
  if (end.unrecorded.length > 0) return 'fatal'
  if (counts.checksumMismatches > 0) return 'checksum-mismatch'
  if (counts.instances.selected === 0 && hasOnlyEmptySelectors(counts) && !hasSynced(end)) return 'nothing-selected'
  if (isRetryableOnly(counts)) return 'retryable'
  if (counts.failures > 0) return 'failed'
  return counts.unverifiedInstances > 0 ? 'unverified' : 'complete'
}

/** Returns true if a sync found any image set, selected now or recorded before. */
function hasSynced({ sync }: JobEnd): boolean {
  return sync !== undefined && Object.values(sync.imageSets).some((count) => count > 0)
}

function isTotalKnown({ imageSets, isSelectionOver }: Counts): boolean {
  return isSelectionOver && imageSets.read + imageSets.failed === imageSets.selected
}

/** Returns true if all instances are done. A signal that aborts after the last one then interrupts nothing. */
export function isFinished(counts: Counts): boolean {
  const { selected, written, skipped, failed } = counts.instances
  return isTotalKnown(counts) && written + skipped + failed === selected
}

function isRetryableOnly(counts: Counts): boolean {
  return counts.failures > 0 && counts.retryableFailures === counts.failures
}

function hasOnlyEmptySelectors(counts: Counts): boolean {
  const { NOTHING_SELECTED: nothing = 0, SELECTOR_MALFORMED: malformed = 0 } = counts.errors
  return counts.failures === nothing + malformed
}
