import { Job, type JobJson, type JobProgress, type MinimalQueue } from 'bullmq'

/** Stands in for data that is not JSON. A fleet never writes it, so the job is refused as malformed. */
const unreadable = '{"unreadable":true}'

/**
 * BullMQ's job class, made to accept data that is not JSON. Without this, BullMQ throws when it reads the job, so taking it or
 * listing jobs beside it fails each time. The fleet refuses the job like any other that it did not write.
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
