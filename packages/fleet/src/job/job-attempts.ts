import { isCount, membersOf } from '../model/read-json.ts'

/** What the attempts of a job have done so far. BullMQ keeps it as the progress of the job. */
export interface JobAttempts {
  /** Attempts that failed in a way that may pass. */
  readonly attempts: number
  /** Instances that are done, and that the job was narrowed by. */
  readonly instances: number
}

/** Reads the progress of a job. A job that no attempt has failed has none. */
export function readAttempts(progress: unknown): JobAttempts {
  const { attempts, instances } = membersOf(progress)
  return isCount(attempts) && isCount(instances) ? { attempts, instances } : none
}

const none: JobAttempts = { attempts: 0, instances: 0 }
