/** Decides how many jobs a worker does at a time. */
export interface JobRoom {
  readonly concurrency: number
  /** Records the number of instances of a job. */
  note(instances: number): void
}

/** Instances in progress that keep the lanes busy while others wait for their document or for the disk. */
const busyInstances = 512

/** Maximum number of jobs, for image sets of one instance. Those spend most of their time waiting for AHI and for the disk. */
const mostJobs = 64

/** Number of jobs before the size of any image set is known. */
const firstJobs = 16

/** At least two jobs, so that the lanes have work while the last instances of a job are flushed to disk. */
const fewestJobs = 2

/** Weight of the latest job in the moving average. */
const latest = 0.1

/**
 * Creates the room for jobs. `fixed` sets a constant number of jobs. By default, the number falls as image sets get larger,
 * because each job holds a lock and a document, and is repeated as a whole if the worker dies.
 */
export function createJobRoom(fixed?: number): JobRoom {
  let mean: number | undefined
  return {
    get concurrency() {
      if (fixed !== undefined) return fixed
      if (mean === undefined) return firstJobs
      return Math.max(fewestJobs, Math.min(mostJobs, Math.ceil(busyInstances / Math.max(1, mean))))
    },
    note(instances) {
      mean = mean === undefined ? instances : mean + (instances - mean) * latest
    },
  }
}
