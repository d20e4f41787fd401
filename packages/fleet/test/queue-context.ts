import type { Job } from 'bullmq'
import { afterAll, beforeAll } from 'vitest'
import { openFleetContext, type FleetContext } from '../src/fleet-context.ts'
import type { JobData } from '../src/job/job-payload.ts'
import { startRedis, type RedisServer } from './redis-server.ts'

/** Queues on a Redis server of the surrounding `describe`. */
export interface TestQueues {
  readonly context: FleetContext
  /** Adds a job that a worker has taken. */
  addActive(runId: string, jobId: string, data: JobData): Promise<Job>
}

/** Starts a server before the tests of the surrounding `describe`, and closes it after them. */
export function useQueues(): TestQueues {
  let redis: RedisServer
  let context: FleetContext
  beforeAll(async () => {
    redis = await startRedis()
    context = await openFleetContext({ url: redis.url }, 'test')
  })
  afterAll(async () => {
    await context.close()
    await redis[Symbol.asyncDispose]()
  })
  return {
    get context() {
      return context
    },
    async addActive(runId, jobId, data) {
      const queue = context.queue(runId)
      const job: Job = await queue.add('', data, { jobId })
      await context.redis.client.lrem(queue.toKey('wait'), 1, jobId)
      await context.redis.client.lpush(queue.toKey('active'), jobId)
      return job
    },
  }
}
