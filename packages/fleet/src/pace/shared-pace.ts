import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

import type { MaxRates, Quota, Quotas } from '@ahi-dicom/ahi-client'
import { documentedQuotas, operations } from '@ahi-dicom/ahi-client/quotas'
import type { Redis } from 'ioredis'

import { FleetError } from '../errors.ts'
import { fleetKeys } from '../keys/fleet-keys.ts'
import { createPacedWorker, type OperationQuotas, type PacedClient, tickMs } from './paced-worker.ts'
import { createRedisStore } from './redis-store.ts'

/** Milliseconds that a closing worker waits for Redis at most. */
const leaveMs = 1000
/** Redis counts as unreachable after this many ticks without an answer. */
const patience = 4

const unanswered = `Cannot reach Redis: it has not answered for ${(patience * tickMs) / 1000} s; check that it runs and can be reached from here`

/** Options of {@link createSharedPace}. */
export interface SharedPaceOptions {
  /** A connection that others may use too. It is left open. */
  readonly redis: Redis
  /** Prefix of all keys. Workers with the same prefix share the quotas. */
  readonly prefix: string
  /** Unique name of this worker. */
  readonly name: string
  /** The client that is limited to the worker's share. */
  readonly client: PacedClient
  /** Quotas of the account, by operation. Default: the quotas that AHI documents. */
  readonly quotas?: Quotas | undefined
  /** Called with the error when Redis starts to fail or to refuse. Not called again before a tick has succeeded. */
  readonly onFailure?: ((error: unknown) => void) | undefined
  /** Closes the pace. */
  readonly signal?: AbortSignal | undefined
}

/** One worker's part in the request rate that all workers of a prefix share. */
export interface SharedPace extends AsyncDisposable {
  /** Returns this worker's share in requests per second, by operation. */
  rates(): MaxRates
  /** Removes the worker from the shared state, so that the others get its share, and lifts the client's limits. */
  close(): Promise<void>
}

/**
 * Shares the account's request quotas among all workers of a prefix. Together they send at most 98 % of the quotas.
 *
 * Twice a second, each worker writes to Redis how many requests of each operation it sends, and for how much of the time
 * they wait. It also reads these values of all other workers, and the sums of requests and throttles. Each worker then
 * computes its own share by the same rule (`fair-shares.ts`), so no coordinator is needed. If clearly more than 2 % of all
 * answers are throttles, the rate drops for all workers at once and grows back later (`account-rate.ts`). Within a worker,
 * the client keeps the share over all its threads.
 *
 * A limiter in Redis, such as `rate-limiter-flexible`, would be asked before each request. That takes a thousand round trips
 * a second, from threads that have no connection to Redis, and no request could start while Redis is away. Here each worker
 * makes two small calls a second, however many requests it sends.
 *
 * While Redis is away, a worker keeps its last share, but at most the rate divided by the number of workers at the last tick.
 *
 * @throws {TypeError} if a quota is out of range
 */
export function createSharedPace(options: SharedPaceOptions): SharedPace {
  const { redis, prefix, name, onFailure, signal } = options
  const client: PacedClient = {
    requestCounts: () => options.client.requestCounts(),
    secondsPaced: () => options.client.secondsPaced(),
    // A tick may end after the pace was closed.
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
    // If Redis is away, the others notice after a few ticks that this worker is gone.
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
