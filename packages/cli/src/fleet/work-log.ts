import type { WorkEvent } from '@ahi-dicom/fleet'
import type { Log } from '../log.ts'
import { formatSeconds } from '../quantities.ts'

/** Tells what happens to a worker, and keeps why it takes no jobs. */
export interface WorkLog {
  readonly tell: (event: WorkEvent) => void
  /** Returns why the worker takes no jobs at the moment; `undefined` if it takes them. */
  readonly problem: () => string | undefined
}

/** Makes the log of a worker. */
export function createWorkLog(log: Log, now: () => number = steadyNow): WorkLog {
  let isRedisAway = false
  /** Until when the worker waits, and for what. */
  let waiting: { readonly until: number; readonly reason: string } | undefined

  function wait(reason: string, waitMs: number): void {
    waiting = { until: now() + waitMs, reason }
  }

  return {
    problem() {
      if (isRedisAway) return 'Redis is away'
      return waiting !== undefined && now() < waiting.until ? waiting.reason : undefined
    },
    tell(event) {
      const { kind } = event
      if (kind === 'run-opened') log.info(`works on run ${event.runId}, to ${event.destination}`, named(event))
      else if (kind === 'run-refused') log.warn(`run ${event.runId} is left to others: ${event.message}`, named(event))
      else if (kind === 'run-paused') {
        log.warn(
          `run ${event.runId} is paused, and nothing else is left to do; ahi-dicom fleet resume ${event.runId} lets it go on`,
          named(event),
        )
      } else if (kind === 'run-abandoned') {
        log.warn(
          `run ${event.runId} may lack jobs: its submission has not ended, and its submitter is gone; submit it again`,
          named(event),
        )
      } else if (kind === 'run-lost') log.warn(event.message, named(event))
      else if (kind === 'job-failed') log.tellPrograms('warn', event.message, named(event))
      else if (kind === 'job-repeated') log.tellPrograms('info', event.message, named(event))
      else if (kind === 'job-given-back') log.tellPrograms('info', 'a job is given back', named(event))
      else if (kind === 'redis-away') {
        isRedisAway = true
        log.warn(event.message, named(event))
      } else if (kind === 'redis-back') {
        isRedisAway = false
        log.warn('Redis is back', named(event))
      } else if (event.waitMs === 0) log.warn(event.message, named(event))
      else {
        wait(kind === 'outage' ? 'AHI or the destination is away' : 'Redis refuses requests', event.waitMs)
        const again = `jobs are taken again in ${formatSeconds(event.waitMs / 1000)}`
        log.warn(`${event.message}; ${again}`, named(event))
      }
    },
  }
}

/** Returns the facts of an event for programs. Its message is that of the line. */
function named({ kind, ...facts }: WorkEvent): { readonly event: string } {
  const entries = Object.entries(facts).filter(([name]) => name !== 'message')
  return { ...Object.fromEntries(entries), event: kind }
}

function steadyNow(): number {
  return performance.now()
}
