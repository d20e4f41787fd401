import { Queue, type Job } from 'bullmq'
import type { Redis } from 'ioredis'
import type { JobData } from './job-payload.ts'
import { ReadJob } from './read-job.ts'

/** The queue of a run. Its jobs have no name. Their return value is the number of exported instances. */
export type JobQueue = Queue<JobData, number>

class FleetQueue extends Queue<JobData, number> {
  protected override get Job(): typeof Job {
    return ReadJob
  }
}

/** Maximum length of BullMQ's event stream. The fleet does not read it; BullMQ tools such as dashboards do. */
const keptEvents = 1000

/** Opens the queue of a run on a connection. Closing the queue leaves the connection open. */
export function openJobQueue(client: Redis, options: { readonly prefix: string; readonly runId: string }): JobQueue {
  const queue: JobQueue = new FleetQueue(options.runId, {
    connection: client,
    prefix: options.prefix,
    skipVersionCheck: true,
    streams: { events: { maxLen: keptEvents } },
  })
  // Without a listener an `error` event would end the process. Callers get the errors of their own commands.
  queue.on('error', () => undefined)
  return queue
}
