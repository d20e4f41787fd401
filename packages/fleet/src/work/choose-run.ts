import type { FleetContext } from '../fleet-context.ts'
import type { Run } from '../model/run.ts'

/** The run that a worker works on next, and the state of the other runs. */
export interface Choice {
  /** The run to work on. Undefined if no run has open jobs. */
  readonly run: Run | undefined
  /** Whether jobs of the run can be taken now. If not, other workers have them, or they wait for their next attempt. */
  readonly hasJobs: boolean
  /** Ids of all runs in Redis, including those that the filter leaves out. */
  readonly known: ReadonlySet<string>
  /** Ids of runs that were seen to be finished or cancelled. */
  readonly over: ReadonlySet<string>
  /** Whether no run has open jobs or a live submitter. Abandoned runs do not count. */
  readonly isEmpty: boolean
  /** Ids of runs without open jobs whose submission has not ended although no submitter is alive. */
  readonly abandoned: readonly string[]
  /** Ids of paused runs with open jobs. */
  readonly paused: readonly string[]
}

/** The runs that a worker may work on. */
export interface RunFilter {
  /** Only this run. Undefined: all runs. */
  readonly runId: string | undefined
  /** Runs to leave out, by id. */
  readonly refused: ReadonlyMap<string, unknown>
}

/**
 * Returns the oldest run with jobs to take. If no run has any, returns the oldest run with jobs that other workers are doing,
 * because these come back if their workers die.
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
