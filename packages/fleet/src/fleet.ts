import { openFleetContext, type FleetContext } from './fleet-context.ts'
import { defaultPrefix } from './keys/fleet-keys.ts'
import type { Run } from './model/run.ts'
import type { RedisConnection } from './redis/connection.ts'
import type { RedisServer } from './redis/server-info.ts'
import type { WorkerState } from './worker-state/worker-state.ts'

/** Options of {@link createFleet}. */
export interface FleetOptions {
  readonly connection: RedisConnection
  /** Begins the names of all keys in Redis. Fleets that share a Redis have one each. Default `ahi-dicom`. */
  readonly prefix?: string | undefined
}

/** Runs, their jobs and their workers in one Redis. All methods throw {@link FleetError}. */
export interface Fleet extends AsyncDisposable {
  /** Returns the version of Redis, and what about its settings can lose jobs. */
  server(): Promise<RedisServer>
  /** Returns all runs, the oldest first. */
  runs(): Promise<Run[]>
  /** Returns the workers that live, by name. */
  workers(): Promise<WorkerState[]>
  /** Closes the connections. */
  close(): Promise<void>
}

/** Returns a fleet. It connects to Redis when it is first used. */
export function createFleet({ connection, prefix = defaultPrefix }: FleetOptions): Fleet {
  let opening: Promise<FleetContext> | undefined

  async function context(): Promise<FleetContext> {
    opening ??= openFleetContext(connection, prefix)
    try {
      return await opening
    } catch (error) {
      opening = undefined
      throw error
    }
  }

  async function close(): Promise<void> {
    // A connection that could not be made was told to whoever wanted it.
    const opened = await opening?.catch(() => undefined)
    await opened?.close()
  }

  return {
    server: async () => (await context()).redis.server,
    runs: async () => (await (await context()).runs.list()).runs,
    workers: async () => (await context()).workers.list(),
    close,
    [Symbol.asyncDispose]: close,
  }
}
