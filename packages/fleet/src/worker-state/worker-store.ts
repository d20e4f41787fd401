import type { Redis } from 'ioredis'
import type { FleetKeys } from '../keys/fleet-keys.ts'
import { formatWorkerState, parseWorkerState, type WorkerState } from './worker-state.ts'

/** The states of all workers in Redis. */
export interface WorkerStore {
  /** Stores the state of a worker for a while: it is to be written again before `expiryMs` have passed. */
  write(state: WorkerState, expiryMs: number): Promise<void>
  /** Takes away a worker that ends. */
  remove(name: string): Promise<void>
  /** Returns the workers that live, by name. What no worker wrote is left out. */
  list(): Promise<WorkerState[]>
}

/** Names of workers that were not seen for so long are forgotten, in milliseconds. Their states expired long before. */
const keptMs = 24 * 3600 * 1000

/** Returns the states of workers in a Redis. */
export function createWorkerStore(client: Redis, keys: FleetKeys): WorkerStore {
  return {
    async write(state, expiryMs) {
      const { name, seenAt } = state
      await client.set(keys.worker(name), formatWorkerState(state), 'PX', expiryMs)
      await client.zadd(keys.workers, seenAt.getTime(), name)
      await client.zremrangebyscore(keys.workers, '-inf', `${seenAt.getTime() - keptMs}`)
    },
    async remove(name) {
      await client.zrem(keys.workers, name)
      await client.del(keys.worker(name))
    },
    async list() {
      const names = await client.zrange(keys.workers, '0', '-1')
      if (names.length === 0) return []
      const texts = await client.mget(names.map((name) => keys.worker(name)))
      return names
        .flatMap((name, index) => parseWorkerState(name, texts[index] ?? '') ?? [])
        .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    },
  }
}
