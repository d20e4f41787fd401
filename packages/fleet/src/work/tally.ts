import type { ExportedImageSet } from '@ahi-dicom/exporter'
import type { WorkRates } from '../worker-state/worker-state.ts'

/** Counts and rates of a worker. */
export interface Tally {
  readonly done: { readonly jobs: number; readonly instances: number; readonly frames: number; readonly bytes: number }
  readonly failed: number
  /** Counts a completed job. */
  complete(exported: ExportedImageSet): void
  /** Counts a failed job. */
  fail(): void
  /** Returns the rates over the last 30 seconds. */
  rates(): WorkRates
}

/** Milliseconds over which rates are averaged. */
const windowMs = 30_000

/** Creates an empty tally. `now` returns the milliseconds of a monotonic clock. */
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
      // Drops marks until the first one is the latest mark at or before the start of the window.
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
