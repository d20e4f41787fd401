import { Queue, type Job } from 'bullmq'
import type { Redis } from 'ioredis'
import type { JobData } from './job-payload.ts'
import { ReadJob } from './read-job.ts'

/** The queue of a run. Jobs have no name, and return the number of their instances. */
export type JobQueue = Queue<JobData, number>

class FleetQueue extends Queue<JobData, number> {
  protected override get Job(): typeof Job {
    return ReadJob
  }
}

/** Entries of BullMQ's stream of events that are kept. Nothing reads it; it is there for tools. */
const keptEvents = 1000

/** Opens the queue of a run on a connection, which stays open when the queue is closed. */
export function openJobQueue(client: Redis, options: { readonly prefix: string; readonly runId: string }): JobQueue {
  const queue: JobQueue = new FleetQueue(options.runId, {
    connection: client,
    prefix: options.prefix,
    skipVersionCheck: true,
    streams: { events: { maxLen: keptEvents } },
  })
  // The caller of a command gets its error.
  queue.on('error', () => undefined)
  return queue
}
