import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

import type { MaxRates, Quota, Quotas } from '@ahi-dicom/ahi-client'
import { documentedQuotas, operations } from '@ahi-dicom/ahi-client/quotas'
import type { Redis } from 'ioredis'

import { FleetError } from '../errors.ts'
import { fleetKeys } from '../keys/fleet-keys.ts'
import { createPacedWorker, type OperationQuotas, type PacedClient, tickMs } from './paced-worker.ts'
import { createRedisStore } from './redis-store.ts'

/** A worker that leaves waits for Redis no longer than this, in milliseconds. */
const leaveMs = 1000
/** Redis that has not answered for so many ticks cannot be reached. */
const patience = 4

const unanswered = `Cannot reach Redis: it has not answered for ${(patience * tickMs) / 1000} s; check that it runs and is reached from here`

/** Options of {@link createSharedPace}. */
export interface SharedPaceOptions {
  /** A connection, which others may use too. It is not closed here. */
  readonly redis: Redis
  /** Begins the names of all keys. Workers with the same one share the quotas. */
  readonly prefix: string
  /** The name of this worker, which no other one has. */
  readonly name: string
  /** The client that is limited to the share. */
  readonly client: PacedClient
  /** Quotas of the account, by operation, where they are not those that AHI documents. */
  readonly quotas?: Quotas | undefined
  /** Called with the error if Redis cannot be reached or refuses: once, and again only after it went well meanwhile. */
  readonly onFailure?: ((error: unknown) => void) | undefined
  /** Closes the pace. */
  readonly signal?: AbortSignal | undefined
}

/** One worker's part of the pace that all workers of a prefix keep together. */
export interface SharedPace extends AsyncDisposable {
  /** The share of this worker in requests a second, by operation. */
  rates(): MaxRates
  /** Leaves, so that the others get this share at once, and sets the client free. */
  close(): Promise<void>
}

/**
 * Keeps one pace for all workers of a prefix: together they send at most 98 % of what the account may.
 *
 * Twice a second each worker tells in Redis what it sends of each operation and for how much of the time its requests wait
 * for their turn, and learns the same of all others, with the sums of requests and throttles. From that each finds its own
 * share by the same rule (`fair-shares.ts`), so that nobody has to hand shares out. If clearly more than 2 % of the answers
 * of all are throttled, the rate of the account is lowered for all at once, and grows back later (`account-rate.ts`).
 * Within a worker the client keeps the share, in all its threads.
 *
 * A limiter in Redis, such as `rate-limiter-flexible`, grants or refuses each request: a thousand calls a second, each with
 * a round trip before the request, from threads that have no connection to Redis; and nothing starts while Redis is away.
 * Two small calls a second for each worker do not grow with the requests.
 *
 * While Redis is away, a worker keeps its last share, but no more than an equal part for each worker that was there last.
 *
 * @throws {TypeError} for a quota that is out of range
 */
export function createSharedPace(options: SharedPaceOptions): SharedPace {
  const { redis, prefix, name, onFailure, signal } = options
  const client: PacedClient = {
    requestCounts: () => options.client.requestCounts(),
    secondsPaced: () => options.client.secondsPaced(),
    // A tick may end after the pace is closed.
    limitRates: (rates) => {
      if (!isClosed) options.client.limitRates(rates)
    },
  }
  const store = createRedisStore(redis, fleetKeys(prefix).pace)
  const quotas = quotasOf(options.quotas)
  let isAway = false
  let isClosed = false
  const worker = createPacedWorker({ store, name, client, quotas, now: () => performance.now() })
  let waited = 0
  let ticking: Promise<void> | undefined

  function fail(error: unknown): void {
    worker.alone()
    if (!isAway) onFailure?.(error)
    isAway = true
  }

  async function tick(): Promise<void> {
    try {
      await worker.tick()
      isAway = false
    } catch (error) {
      if (!isClosed) fail(error)
    }
    waited = 0
    ticking = undefined
  }

  function beat(): void {
    if (ticking === undefined) ticking = tick()
    else if ((waited += 1) === patience) fail(new FleetError('FLEET_REDIS_UNREACHABLE', unanswered))
  }

  async function close(): Promise<void> {
    if (isClosed) return
    isClosed = true
    clearInterval(timer)
    signal?.removeEventListener('abort', closeBySignal)
    options.client.limitRates({})
    // Without Redis the others find by themselves that this worker is gone.
    if (redis.status === 'ready') await Promise.race([leave(), delay(leaveMs, undefined, { ref: false })])
  }

  async function leave(): Promise<void> {
    await ticking
    await store.leave(name).catch(() => undefined)
  }

  const closeBySignal = (): void => void close()
  const timer = setInterval(beat, tickMs)
  timer.unref()
  beat()
  if (signal?.aborted === true) closeBySignal()
  else signal?.addEventListener('abort', closeBySignal, { once: true })
  return { rates: () => worker.rates(), close, [Symbol.asyncDispose]: close }
}

function quotasOf(given: Quotas = {}): OperationQuotas {
  const quotas: Record<string, Quota> = {}
  for (const operation of operations) {
    const quota = given[operation] ?? documentedQuotas[operation]
    if (!(quota.rate > 0 && quota.rate <= mostRate)) {
      throw new TypeError(
        `Expected \`quotas.${operation}.rate\` to be above 0 and at most ${mostRate}, got \`${quota.rate}\``,
      )
    }
    quotas[operation] = quota
  }
  return { ...documentedQuotas, ...quotas }
}

const mostRate = 1_000_000
