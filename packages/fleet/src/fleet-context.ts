import { fleetKeys, type FleetKeys } from './keys/fleet-keys.ts'
import { openJobQueue, type JobQueue } from './job/job-queue.ts'
import { connectRedis, type OpenRedis } from './redis/connect.ts'
import type { RedisConnection } from './redis/connection.ts'
import { createRunStore, type RunStore } from './run/run-store.ts'
import { createWorkerStore, type WorkerStore } from './worker-state/worker-store.ts'

/** The connection, the keys and the stores of a fleet. */
export interface FleetContext {
  readonly prefix: string
  readonly keys: FleetKeys
  readonly redis: OpenRedis
  readonly runs: RunStore
  readonly workers: WorkerStore
  /** Returns the queue of a run. Repeated calls return the same queue, which is closed with the context. */
  queue(runId: string): JobQueue
  /** Closes the queue of a run that was forgotten. */
  closeQueue(runId: string): Promise<void>
  close(): Promise<void>
}

/**
 * Connects to Redis and returns the stores that use the connection.
 * @throws {FleetError} the errors of {@link connectRedis}
 */
export async function openFleetContext(connection: RedisConnection, prefix: string): Promise<FleetContext> {
  const redis = await connectRedis(connection)
  const keys = fleetKeys(prefix)
  const queues = new Map<string, JobQueue>()
  return {
    prefix,
    keys,
    redis,
    runs: createRunStore(redis.client, keys),
    workers: createWorkerStore(redis.client, keys),
    queue(runId) {
      const queue = queues.get(runId) ?? openJobQueue(redis.client, { prefix, runId })
      queues.set(runId, queue)
      return queue
    },
    async closeQueue(runId) {
      const queue = queues.get(runId)
      queues.delete(runId)
      await queue?.close()
    },
    async close() {
      await Promise.all(Array.from(queues.values(), (queue) => queue.close()))
      await redis.close()
    },
  }
}
