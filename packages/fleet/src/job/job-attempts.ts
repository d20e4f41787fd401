/** What the attempts of a job have done so far. BullMQ keeps it as the progress of the job. */
export interface JobAttempts {
  /** Attempts that failed in a way that may pass. */
  readonly attempts: number
  /** Instances that are done, and that the job was narrowed by. */
  readonly instances: number
}

/** Reads the progress of a job. A job that no attempt has failed has none. */
export function readAttempts(progress: unknown): JobAttempts {
  if (typeof progress !== 'object' || progress === null) return none
  if (!('attempts' in progress && 'instances' in progress)) return none
  const { attempts, instances } = progress
  return isCount(attempts) && isCount(instances) ? { attempts, instances } : none
}

const none: JobAttempts = { attempts: 0, instances: 0 }

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
