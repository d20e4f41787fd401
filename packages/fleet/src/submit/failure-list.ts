import type { ErrorEntry } from '@ahi-dicom/export-files'
import type { FleetContext } from '../fleet-context.ts'
import { askRedis, type RedisPatience } from '../redis/ask-redis.ts'

/** The failures of a submission, in Redis. */
export interface FailureList {
  readonly count: number
  /** Removes the failures of the previous submission. */
  clear(): Promise<void>
  /** Adds a failure, which is stored in the background. */
  add(failure: ErrorEntry): void
  /** Resolves when all failures are stored. Rejects if storing failed. */
  stored(): Promise<void>
}

/** Maximum number of failures per command. */
const mostAtOnce = 1000

/** Creates the failure list of a run. */
export function createFailureList(context: FleetContext, runId: string, patience: RedisPatience): FailureList {
  const { client } = context.redis
  const key = context.keys.errors(runId)
  const waiting: string[] = []
  let count = 0
  let storing: Promise<void> | undefined

  async function store(): Promise<void> {
    while (waiting.length > 0) {
      const texts = waiting.slice(0, mostAtOnce)
      await askRedis(context.redis, async () => client.rpush(key, ...texts), patience)
      waiting.splice(0, texts.length)
    }
  }

  function startStoring(): void {
    storing ??= store().then(() => void (storing = undefined))
    // `stored` rejects with the error.
    storing.catch(() => undefined)
  }

  return {
    get count() {
      return count
    },
    async clear() {
      await askRedis(context.redis, async () => client.del(key), patience)
    },
    add(failure) {
      count += 1
      waiting.push(JSON.stringify(failure))
      startStoring()
    },
    async stored() {
      await storing
    },
  }
}
