import { Job, type JobJson, type JobProgress, type MinimalQueue } from 'bullmq'

/** What is read for data that is no JSON. No job that a fleet has written has it. */
const unreadable = '{"unreadable":true}'

/**
 * BullMQ's job, but for data that is no JSON: whoever reads the job throws otherwise, and what takes it, or lists others beside
 * it, is stuck. Such a job is refused as any other one that was not written by a fleet.
 */
export class ReadJob<
  T = unknown,
  R = unknown,
  N extends string = string,
  P extends JobProgress = JobProgress,
> extends Job<T, R, N, P> {
  static override fromJSON<T = unknown, R = unknown, N extends string = string>(
    queue: MinimalQueue,
    json: JobJson,
    jobId?: string,
  ): Job<T, R, N> {
    return super.fromJSON(queue, isJson(json.data) ? json : { ...json, data: unreadable }, jobId)
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
