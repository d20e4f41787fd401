import type { AskRedis } from '../redis/ask-redis.ts'
import { parseJobId, type JobKey } from '../job/job-id.ts'
import { isCount, membersOf } from '../model/read-json.ts'
import type { JobQueue } from '../job/job-queue.ts'

/** Jobs per read. */
const pageSize = 1000

/** A completed job. */
export interface DoneJob extends JobKey {
  /** Instances at the destination, as counted by the worker. */
  readonly instances: number
  /** True if the job exported only some of the instances: its data names selectors, or image sets that come first. */
  readonly isNarrowed: boolean
}

/** Yields the completed jobs in the order of their completion. Malformed jobs are left out. */
export async function* doneJobs(queue: JobQueue, ask: AskRedis): AsyncGenerator<DoneJob> {
  for (let start = 0; ; start += pageSize) {
    const jobs = await ask(async () => queue.getJobs(['completed'], start, start + pageSize - 1, true))
    for (const { id, data, returnvalue } of jobs) {
      const key = parseJobId(id ?? '')
      const isNarrowed = Object.keys(membersOf(data)).some((member) => member !== 'failures')
      if (key !== undefined && isCount(returnvalue)) yield { ...key, instances: returnvalue, isNarrowed }
    }
    if (jobs.length < pageSize) return
  }
}

/** Sums over completed jobs. */
export interface DoneJobs {
  /** Image sets. The parts of one image set count once. */
  readonly imageSets: number
  readonly instances: number
}

/** Returns the sums over the completed jobs. */
export async function sumDoneJobs(queue: JobQueue, ask: AskRedis): Promise<DoneJobs> {
  let imageSets = 0
  let instances = 0
  for await (const job of doneJobs(queue, ask)) {
    if (job.part === 1) imageSets += 1
    instances += job.instances
  }
  return { imageSets, instances }
}
