import { setTimeout as delay } from 'node:timers/promises'
import type { FleetContext } from '../fleet-context.ts'
import { askRedis, type RedisPatience } from '../redis/ask-redis.ts'

/** A lease is renewed so often before it expires. */
const renewals = 5

/** A submitter that ends waits for Redis no longer than this, in milliseconds. Then the lease expires by itself. */
const partingMs = 1000

/** Options of {@link holdSubmitterLease}. */
export interface LeaseOptions {
  /** Time after which a lease that is not renewed expires, in milliseconds. */
  readonly leaseMs: number
  readonly patience: RedisPatience
}

/**
 * Says in Redis that somebody submits a run, until it is disposed of. Two submitters of a run share the lease: if one ends, the
 * other one takes it again soon.
 */
export async function holdSubmitterLease(
  { redis, keys }: FleetContext,
  runId: string,
  { leaseMs, patience }: LeaseOptions,
): Promise<AsyncDisposable> {
  const { client } = redis
  const key = keys.submitter(runId)
  const take = async (): Promise<unknown> => client.set(key, '', 'PX', leaseMs)
  const renew = (): void => {
    // Commands would pile up in the client. It is renewed as soon as there is a connection.
    if (client.status !== 'ready') return
    // What Redis refuses, the submission learns of by itself.
    take().catch(() => undefined)
  }
  await askRedis(redis, take, patience)
  const timer = setInterval(renew, leaseMs / renewals)
  client.on('ready', renew)
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      client.off('ready', renew)
      if (client.status !== 'ready') return
      const leave = client.del(key).catch(() => undefined)
      await Promise.race([leave, delay(partingMs, undefined, { ref: false })])
    },
  }
}
