import type { Redis } from 'ioredis'
import { FleetError, shown } from '../errors.ts'
import type { FleetKeys } from '../keys/fleet-keys.ts'
import type { Run } from '../model/run.ts'
import { isRunId } from './run-id.ts'
import { formatRun, parseRun } from './run-record.ts'

/** Stores the runs of a fleet in Redis. */
export interface RunStore {
  /** Returns all readable runs, the oldest first, and the ids of unreadable ones. */
  list(): Promise<{ readonly runs: Run[]; readonly malformed: string[] }>
  /**
   * Returns a run, or `undefined` if Redis does not have it.
   * @throws {FleetError} `FLEET_RUN_MALFORMED`
   */
  find(id: string): Promise<Run | undefined>
  /**
   * Returns a run.
   * @throws {FleetError} `FLEET_RUN_NOT_FOUND`, `FLEET_RUN_MALFORMED`
   */
  get(id: string): Promise<Run>
  /** Stores a new run, or changes the stored one if it exists. Returns the run as stored. */
  put(run: Run, changeOf: (stored: Run) => Run): Promise<Run>
  /**
   * Changes a run atomically and returns it as stored. `changeOf` returns the new run for the stored one. It is called again
   * if another process changed the run in between.
   * @throws {FleetError} `FLEET_RUN_NOT_FOUND`, `FLEET_RUN_MALFORMED`
   */
  change(id: string, changeOf: (stored: Run) => Run): Promise<Run>
  remove(id: string): Promise<void>
}

/** Sets a field of a hash if it still has the value that was read. An empty value stands for a missing field. */
const setIfSame = `
local stored = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if stored ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
return 1`

/** Creates the store. */
export function createRunStore(client: Redis, keys: FleetKeys): RunStore {
  async function replace(id: string, stored: string, text: string): Promise<boolean> {
    return stored === text || (await client.eval(setIfSame, 1, keys.runs, id, stored, text)) === 1
  }

  async function find(id: string): Promise<string | undefined> {
    return isRunId(id) ? ((await client.hget(keys.runs, id)) ?? undefined) : undefined
  }

  async function load(id: string): Promise<string> {
    const text = await find(id)
    if (text === undefined) throw notFound(id)
    return text
  }

  async function change(id: string, changeOf: (stored: Run) => Run): Promise<Run> {
    for (;;) {
      const text = await load(id)
      const run = changeOf(parseRun(id, text))
      if (await replace(id, text, formatRun(run))) return run
    }
  }

  return {
    change,
    async list() {
      const runs: Run[] = []
      const malformed: string[] = []
      for (const [id, text] of Object.entries(await client.hgetall(keys.runs))) {
        try {
          runs.push(parseRun(id, text))
        } catch (error) {
          if (!(error instanceof FleetError)) throw error
          malformed.push(id)
        }
      }
      return { runs: runs.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime()), malformed }
    },
    async find(id) {
      const text = await find(id)
      return text === undefined ? undefined : parseRun(id, text)
    },
    get: async (id) => parseRun(id, await load(id)),
    put: async (run, changeOf) => ((await replace(run.id, '', formatRun(run))) ? run : change(run.id, changeOf)),
    async remove(id) {
      await client.hdel(keys.runs, id)
    },
  }
}

function notFound(id: string): FleetError {
  return new FleetError(
    'FLEET_RUN_NOT_FOUND',
    `Cannot find run ${shown(id)}: check its id and the prefix of the fleet; a run exists only after it was submitted`,
    { runId: id },
  )
}
