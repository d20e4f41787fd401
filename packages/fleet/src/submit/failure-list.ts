import type { ErrorEntry } from '@ahi-dicom/export-files'
import type { FleetContext } from '../fleet-context.ts'
import { askRedis, type RedisPatience } from '../redis/ask-redis.ts'

/** The failures of a submission, in Redis. */
export interface FailureList {
  readonly count: number
  /** Forgets what the submission before this one could not select. */
  clear(): Promise<void>
  /** Notes a failure. It is stored soon. */
  add(failure: ErrorEntry): void
  /** Resolves when all is stored, and rejects if something could not be. */
  stored(): Promise<void>
}

/** Failures that are stored by one command. */
const mostAtOnce = 1000

/** Returns the list of failures of a run. */
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
