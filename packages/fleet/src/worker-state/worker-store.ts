import type { Redis } from 'ioredis'
import type { FleetKeys } from '../keys/fleet-keys.ts'
import { formatWorkerState, parseWorkerState, type WorkerState } from './worker-state.ts'

/** Stores the states of all workers in Redis. */
export interface WorkerStore {
  /** Stores the state of a worker. It expires after `expiryMs` milliseconds if it is not written again. */
  write(state: WorkerState, expiryMs: number): Promise<void>
  /** Removes a worker. */
  remove(name: string): Promise<void>
  /** Returns the live workers, sorted by name. Malformed states are left out. */
  list(): Promise<WorkerState[]>
}

/** Names of workers are removed after this many milliseconds without a report. Their states expire long before. */
const keptMs = 24 * 3600 * 1000

/** Creates the store. */
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
