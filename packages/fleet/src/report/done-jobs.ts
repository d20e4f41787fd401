import type { AskRedis } from '../redis/ask-redis.ts'
import { parseJobId, type JobKey } from '../job/job-id.ts'
import { isCount } from '../model/read-json.ts'
import type { JobQueue } from '../job/job-queue.ts'

/** Jobs that are read at a time. */
const pageSize = 1000

/** A job that is completed. */
export interface DoneJob extends JobKey {
  /** Instances that are at the destination, as the worker says. */
  readonly instances: number
}

/** Yields the completed jobs, the first completed one first. Jobs that no worker has written are left out. */
export async function* doneJobs(queue: JobQueue, ask: AskRedis): AsyncGenerator<DoneJob> {
  for (let start = 0; ; start += pageSize) {
    const jobs = await ask(async () => queue.getJobs(['completed'], start, start + pageSize - 1, true))
    for (const { id, returnvalue } of jobs) {
      const key = parseJobId(id ?? '')
      if (key !== undefined && isCount(returnvalue)) yield { ...key, instances: returnvalue }
    }
    if (jobs.length < pageSize) return
  }
}

/** Sums over completed jobs. */
export interface DoneJobs {
  /** Image sets. All parts of one count as one. */
  readonly imageSets: number
  readonly instances: number
}

/** Adds up the jobs that are completed. */
export async function sumDoneJobs(queue: JobQueue, ask: AskRedis): Promise<DoneJobs> {
  let imageSets = 0
  let instances = 0
  for await (const job of doneJobs(queue, ask)) {
    if (job.part === 1) imageSets += 1
    instances += job.instances
  }
  return { imageSets, instances }
}
