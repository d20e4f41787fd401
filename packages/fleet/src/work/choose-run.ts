import type { FleetContext } from '../fleet-context.ts'
import type { Run } from '../model/run.ts'

/** The next run of a worker. */
export interface Choice {
  /** The run to work for; `undefined` if none has jobs. */
  readonly run: Run | undefined
  /** Whether the run has jobs to take. If not, others have them, or they wait for their next attempt. */
  readonly hasJobs: boolean
  /** Ids of all runs that there are, also of those that are not looked at. */
  readonly known: ReadonlySet<string>
  /** Ids of those of them that were seen to have no more to do. */
  readonly over: ReadonlySet<string>
  /** Whether all jobs of all runs are done, and no more are to come but those of abandoned runs. */
  readonly isEmpty: boolean
  /** Runs without jobs to do whose submission has not ended, and that nobody submits at the moment. */
  readonly abandoned: readonly string[]
  /** Runs that have jobs and are paused. */
  readonly paused: readonly string[]
}

/** Which runs a worker looks at. */
export interface RunFilter {
  /** This one alone. */
  readonly runId: string | undefined
  /** Not those. */
  readonly refused: ReadonlyMap<string, unknown>
}

/**
 * Chooses the oldest run with jobs to take; else the oldest one whose jobs others have: they come back if their workers
 * die.
 */
export async function chooseRun(context: FleetContext, { runId, refused }: RunFilter): Promise<Choice> {
  const { runs: all, malformed } = await context.runs.list()
  const over = new Set<string>()
  const known = new Set([...all.map(({ id }) => id), ...malformed])
  let watched: Run | undefined
  let isEmpty = true
  const paused: string[] = []
  const abandoned: string[] = []
  for (const run of all) {
    if (run.state === 'cancelled') over.add(run.id)
    if (refused.has(run.id) || run.state === 'cancelled' || (runId !== undefined && run.id !== runId)) continue
    const jobs = context.queue(run.id)
    const { waiting = 0, prioritized = 0, active = 0, delayed = 0 } = await jobs.getJobCounts(...states)
    const isOpen = waiting + prioritized + active + delayed > 0
    if (isOpen) isEmpty = false
    else if (run.state !== 'submitting') over.add(run.id)
    else if (await isBeingSubmitted(context, run.id)) isEmpty = false
    else abandoned.push(run.id)
    if (await jobs.isPaused()) {
      if (isOpen) paused.push(run.id)
      continue
    }
    if (waiting + prioritized > 0) return { run, hasJobs: true, known, over, isEmpty, abandoned, paused }
    if (active + delayed > 0) watched ??= run
  }
  return { run: watched, hasJobs: false, known, over, isEmpty, abandoned, paused }
}

async function isBeingSubmitted({ redis, keys }: FleetContext, runId: string): Promise<boolean> {
  return (await redis.client.exists(keys.submitter(runId))) > 0
}

const states = ['waiting', 'prioritized', 'active', 'delayed'] as const
