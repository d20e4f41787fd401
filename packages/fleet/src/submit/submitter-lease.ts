import { setTimeout as delay } from 'node:timers/promises'
import type { FleetContext } from '../fleet-context.ts'
import { askRedis, type RedisPatience } from '../redis/ask-redis.ts'

/** Renewals of a lease before it would expire. */
const renewals = 5

/** Milliseconds that an ending submitter waits for Redis at most. After that the lease expires by itself. */
const partingMs = 1000

/** Options of {@link holdSubmitterLease}. */
export interface LeaseOptions {
  /** Milliseconds after which a lease expires if it is not renewed. */
  readonly leaseMs: number
  readonly patience: RedisPatience
}

/**
 * Marks a run in Redis as being submitted, until the returned lease is disposed. Two submitters of a run share the lease: if
 * one ends and removes it, the other sets it again at its next renewal.
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
    // Without a connection, commands would pile up in the client. The lease is renewed when the client is connected again.
    if (client.status !== 'ready') return
    // If Redis refuses the command, it also refuses the commands of the submission, which throw the error.
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
