import type { LoggedRequest } from '../../faults/server/request-log.ts'
import type { ActiveJob } from '../redis/read-queue.ts'

/** Counts of frame requests. */
interface FrameCount {
  readonly requests: number
  /** Requests of frames that had been requested before. */
  readonly again: number
  /** Requests that no kill explains. */
  readonly beyond: number
}

/** Knows which frames may be requested again. */
export interface FrameLedger {
  /** Jobs that were under way when something was killed: their frames may be requested once more. */
  allow(jobs: readonly ActiveJob[]): void
  count(requests: readonly LoggedRequest[]): FrameCount
}

/** Creates a ledger that allows one request for each frame. */
export function createFrameLedger(): FrameLedger {
  const allowances = new Map<string, number>()
  return {
    allow(jobs) {
      for (const imageSetId of new Set(jobs.map((job) => job.imageSetId)))
        allowances.set(imageSetId, (allowances.get(imageSetId) ?? 0) + 1)
    },
    count(log) {
      const frames = new Map<string, { imageSetId: string; requests: number }>()
      for (const { of, imageSetId } of log.filter(({ operation }) => operation === 'GetImageFrame')) {
        const frame = frames.get(of) ?? { imageSetId, requests: 0 }
        frame.requests += 1
        frames.set(of, frame)
      }
      let [requests, beyond] = [0, 0]
      for (const frame of frames.values()) {
        const allowance = allowances.get(frame.imageSetId) ?? 0
        requests += frame.requests
        beyond += Math.max(0, frame.requests - 1 - allowance)
      }
      return { requests, again: requests - frames.size, beyond }
    },
  }
}
