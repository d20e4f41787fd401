import { parseJobId } from '../job/job-id.ts'
import type { JobQueue } from '../job/job-queue.ts'

/** Jobs that are read at a time. */
const pageSize = 1000

/** What jobs of a queue add up to. */
export interface DoneJobs {
  /** Image sets, of which parts are counted once. */
  readonly imageSets: number
  /** Instances that they say are at the destination. */
  readonly instances: number
}

/** Adds up the jobs that are completed. */
export async function sumDoneJobs(queue: JobQueue, signal: AbortSignal | undefined): Promise<DoneJobs> {
  let imageSets = 0
  let instances = 0
  for (let start = 0; ; start += pageSize) {
    signal?.throwIfAborted()
    const jobs = await queue.getJobs(['completed'], start, start + pageSize - 1, true)
    for (const job of jobs) {
      if (parseJobId(job.id ?? '')?.part === 1) imageSets += 1
      // What is no count was not written by a worker: it vouches for nothing.
      if (Number.isSafeInteger(job.returnvalue) && job.returnvalue > 0) instances += job.returnvalue
    }
    if (jobs.length < pageSize) return { imageSets, instances }
  }
}
