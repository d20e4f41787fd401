import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import { lessVerified, type ChecksumResult, type InstanceKey } from '@ahi-dicom/export-files'
import type { ReadFrames } from '../lane/lane-item.ts'
import { countSkipped, countWritten } from '../record/counts.ts'
import type { Job } from './job.ts'

/** The state of an instance in a job. It is counted once, however many files it has. */
export interface JobInstance {
  readonly key: InstanceKey
  readonly entry: ImageSetInstance
  /** The number of items without a result: its own item, and the item of its series. */
  left: number
  /** The combined outcome of its items so far. */
  outcome: Outcome | undefined
  isCounted: boolean
}

/** The outcome of an item for one of its instances. A failed item has none. */
export type Outcome =
  | { readonly kind: 'written'; readonly frames: ReadFrames; readonly checksum: ChecksumResult }
  | { readonly kind: 'skipped'; readonly checksum: ChecksumResult }

/** Creates the state of an instance that belongs to `items` items. */
export function createJobInstance({ key, entry }: Pick<JobInstance, 'key' | 'entry'>, items: number): JobInstance {
  return { key, entry, left: items, outcome: undefined, isCounted: false }
}

/** Adds the outcome of an item. Returns true if it was the last one and no item failed. */
export function addOutcome(instance: JobInstance, outcome: Outcome): boolean {
  instance.left -= 1
  instance.outcome = together(instance.outcome, outcome)
  return instance.left === 0 && !instance.isCounted
}

/** Counts an instance as written or skipped, unless it was already counted. */
export function countDone(job: Job, instance: JobInstance): void {
  const { key, entry, outcome } = instance
  if (outcome === undefined || instance.isCounted) return
  instance.isCounted = true
  if (outcome.kind === 'written') countWritten(job.counts, entry, outcome)
  else countSkipped(job.counts, entry, outcome.checksum)
  job.telemetry.settle(key.imageSetId, outcome.kind)
}

/** Counts an instance as failed. Returns false if it was already counted. */
export function countFailed(job: Job, instance: JobInstance): boolean {
  if (instance.isCounted) return false
  instance.isCounted = true
  job.counts.instances.failed += 1
  job.telemetry.settle(instance.key.imageSetId, 'failed')
  return true
}

/**
 * Returns two outcomes as one. Frames count once, even if both the instance and its series were written. A frame counts as
 * unverified if any of the files has it unverified.
 */
function together(one: Outcome | undefined, other: Outcome): Outcome {
  if (one === undefined) return other
  const checksum = lessVerified(one.checksum, other.checksum)
  if (one.kind === 'skipped') return { ...other, checksum }
  if (other.kind === 'skipped') return { ...one, checksum }
  const written = Math.max(one.frames.written, other.frames.written)
  const unverified = Math.max(one.frames.unverified, other.frames.unverified)
  return { kind: 'written', frames: { written, unverified }, checksum }
}
