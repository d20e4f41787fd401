import { formatJobData, type JobPayload } from '../job/job-payload.ts'
import { jobIdOf } from '../job/job-id.ts'
import type { JobQueue } from '../job/job-queue.ts'

/** Jobs per command. */
const batch = 1000

/** Adds the jobs for the later parts of an image set. Existing jobs are left unchanged. */
export async function addParts(
  queue: JobQueue,
  payload: JobPayload,
  { instances, instancesPerPart }: { readonly instances: number; readonly instancesPerPart: number },
): Promise<void> {
  const parts = Math.ceil(instances / instancesPerPart)
  const data = formatJobData({ ...payload, only: undefined })
  for (let first = 2; first <= parts; first += batch) {
    const length = Math.min(batch, parts - first + 1)
    const jobs = Array.from({ length }, (_, index) => ({
      name: '',
      data,
      opts: { jobId: jobIdOf({ ...payload, part: first + index }) },
    }))
    await queue.addBulk(jobs)
  }
}
