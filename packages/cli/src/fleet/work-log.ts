import type { WorkEvent } from '@ahi-dicom/fleet'
import type { Log } from '../log.ts'
import { formatSeconds } from '../quantities.ts'

/** Logs the events of a worker, and knows why it takes no jobs. */
export interface WorkLog {
  readonly tell: (event: WorkEvent) => void
  /** Returns the reason why the worker takes no jobs, or `undefined` if it takes them. */
  readonly problem: () => string | undefined
}

/** Returns the log of a worker. */
export function createWorkLog(log: Log, now: () => number = steadyNow): WorkLog {
  let isRedisAway = false
  /** End of the current wait, in milliseconds of `now`, and its reason. */
  let waiting: { readonly until: number; readonly reason: string } | undefined

  function wait(reason: string, waitMs: number): void {
    waiting = { until: now() + waitMs, reason }
  }

  return {
    problem() {
      if (isRedisAway) return 'Redis does not answer'
      return waiting !== undefined && now() < waiting.until ? waiting.reason : undefined
    },
    tell(event) {
      const { kind } = event
      if (kind === 'run-opened') log.info(`working on run ${event.runId}, to ${event.destination}`, named(event))
      else if (kind === 'run-refused') log.warn(`skipping run ${event.runId}: ${event.message}`, named(event))
      else if (kind === 'run-paused') {
        log.warn(
          `run ${event.runId} is paused, and there are no other jobs; resume it with ahi-dicom fleet resume ${event.runId}`,
          named(event),
        )
      } else if (kind === 'run-abandoned') {
        log.warn(
          `run ${event.runId} may lack jobs: its submitter stopped before the end; submit it again`,
          named(event),
        )
      } else if (kind === 'run-lost') log.warn(event.message, named(event))
      else if (kind === 'job-failed') log.tellPrograms('warn', event.message, named(event))
      else if (kind === 'job-repeated') log.tellPrograms('info', event.message, named(event))
      else if (kind === 'job-given-back') log.tellPrograms('info', 'returned a job to the queue', named(event))
      else if (kind === 'redis-away') {
        isRedisAway = true
        log.warn(event.message, named(event))
      } else if (kind === 'redis-back') {
        isRedisAway = false
        log.warn('Redis answers again', named(event))
      } else if (event.waitMs === 0) log.warn(event.message, named(event))
      else {
        wait(kind === 'outage' ? 'AHI or the destination is unavailable' : 'Redis refuses requests', event.waitMs)
        const again = `taking jobs again in ${formatSeconds(event.waitMs / 1000)}`
        log.warn(`${event.message}; ${again}`, named(event))
      }
    },
  }
}

/** Returns the members of an event for a JSON log, without its message. */
function named({ kind, ...facts }: WorkEvent): { readonly event: string } {
  const entries = Object.entries(facts).filter(([name]) => name !== 'message')
  return { ...Object.fromEntries(entries), event: kind }
}

function steadyNow(): number {
  return performance.now()
}
