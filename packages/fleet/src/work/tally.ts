import type { ExportedImageSet } from '@ahi-dicom/exporter'
import type { WorkRates } from '../worker-state/worker-state.ts'

/** Counts and rates of a worker. */
export interface Tally {
  readonly done: { readonly jobs: number; readonly instances: number; readonly frames: number; readonly bytes: number }
  readonly failed: number
  /** Notes a job that was completed. */
  complete(exported: ExportedImageSet): void
  /** Notes a job that failed for good. */
  fail(): void
  /** Returns the rates over the last half minute. */
  rates(): WorkRates
}

/** Time that rates are taken over, in milliseconds. */
const windowMs = 30_000

/** Makes the tally of a worker that has done nothing. */
export function createTally(now: () => number = () => performance.now()): Tally {
  const done = { jobs: 0, instances: 0, frames: 0, bytes: 0 }
  const marks = [{ at: now(), ...done }]
  let failed = 0
  return {
    done,
    get failed() {
      return failed
    },
    complete({ instances, frames, byteLength }) {
      done.jobs += 1
      done.instances += instances
      done.frames += frames
      done.bytes += byteLength
    },
    fail: () => void (failed += 1),
    rates() {
      const at = now()
      marks.push({ at, ...done })
      // The first mark is the youngest one that is older than the window.
      while ((marks[1]?.at ?? at) <= at - windowMs) marks.shift()
      const [first = { at, ...done }] = marks
      const seconds = Math.max(1, at - first.at) / 1000
      return {
        imageSetsPerSecond: (done.jobs - first.jobs) / seconds,
        instancesPerSecond: (done.instances - first.instances) / seconds,
        framesPerSecond: (done.frames - first.frames) / seconds,
        bytesPerSecond: (done.bytes - first.bytes) / seconds,
      }
    },
  }
}
