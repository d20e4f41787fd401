import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import { lessVerified, type ChecksumResult, type InstanceKey } from '@ahi-dicom/export-files'
import type { ReadFrames } from '../lane/lane-item.ts'
import { countSkipped, countWritten } from '../record/counts.ts'
import type { Job } from './job.ts'

/** An instance of a job, until it is counted. It is counted once, whatever files it has. */
export interface JobInstance {
  readonly key: InstanceKey
  readonly entry: ImageSetInstance
  /** Items of the instance without a result: its own, and that of its series. */
  left: number
  /** The outcomes of its items so far, as one. */
  outcome: Outcome | undefined
  isCounted: boolean
}

/** The outcome of an item for one of its instances, unless the item has failed. */
export type Outcome =
  | { readonly kind: 'written'; readonly frames: ReadFrames; readonly checksum: ChecksumResult }
  | { readonly kind: 'skipped'; readonly checksum: ChecksumResult }

/** Makes an instance that is part of items. */
export function createJobInstance({ key, entry }: Pick<JobInstance, 'key' | 'entry'>, items: number): JobInstance {
  return { key, entry, left: items, outcome: undefined, isCounted: false }
}

/** Adds the outcome of an item. Returns true once all items of the instance have one, and none has failed. */
export function addOutcome(instance: JobInstance, outcome: Outcome): boolean {
  instance.left -= 1
  instance.outcome = together(instance.outcome, outcome)
  return instance.left === 0 && !instance.isCounted
}

/** Counts an instance as written or skipped, unless it is counted. */
export function countDone(job: Job, instance: JobInstance): void {
  const { key, entry, outcome } = instance
  if (outcome === undefined || instance.isCounted) return
  instance.isCounted = true
  if (outcome.kind === 'written') countWritten(job.counts, entry, outcome)
  else countSkipped(job.counts, entry, outcome.checksum)
  job.telemetry.settle(key.imageSetId, outcome.kind)
}

/** Counts an instance as failed. Returns false if it was counted before. */
export function countFailed(job: Job, instance: JobInstance): boolean {
  if (instance.isCounted) return false
  instance.isCounted = true
  job.counts.instances.failed += 1
  job.telemetry.settle(instance.key.imageSetId, 'failed')
  return true
}

/** Frames count once, if an instance and its series are written. */
function together(one: Outcome | undefined, other: Outcome): Outcome {
  if (one === undefined) return other
  const checksum = lessVerified(one.checksum, other.checksum)
  const written = one.kind === 'written' ? one : other
  return { ...written, checksum }
}
