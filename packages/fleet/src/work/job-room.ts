/** How many jobs a worker does at a time. */
export interface JobRoom {
  readonly concurrency: number
  /** Notes how many instances a job has. */
  note(instances: number): void
}

/** Instances under way that keep the lanes busy while others wait for their documents or for the disk. */
const busyInstances = 512

/** Image sets of one instance spend most of their time waiting for AHI: their document, their frame, and the disk. */
const mostJobs = 64

/** Before the first document is there, nothing is known of the image sets. */
const firstJobs = 16

/** Two, so that the lanes go on while the last instances of a job become durable. */
const fewestJobs = 2

/** The weight of the latest job in the mean. */
const latest = 0.1

/**
 * Makes the room for jobs. It shrinks where image sets are large: a job under way holds a lock and a document, and is done
 * again as a whole if the worker dies.
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
