import { isCount, membersOf } from '../model/read-json.ts'

/** The attempts of a job so far. BullMQ keeps them as the progress of the job. */
export interface JobAttempts {
  /** Attempts that ended with a retryable failure. */
  readonly attempts: number
  /** Instances that earlier attempts exported. The job no longer names them. */
  readonly instances: number
}

/** Reads the progress of a job. Returns zeros if no attempt has failed yet. */
export function readAttempts(progress: unknown): JobAttempts {
  const { attempts, instances } = membersOf(progress)
  return isCount(attempts) && isCount(instances) ? { attempts, instances } : none
}

const none: JobAttempts = { attempts: 0, instances: 0 }
