import type { OpenRedis } from './connect.ts'
import { isRedisAway, translateRedisError } from './translate-error.ts'

/** How long to wait for a Redis that is away. */
export interface RedisPatience {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds without a connection after which it is given up. `Infinity`: only `signal` ends the wait. Default 10,000. */
  readonly awayMs?: number | undefined
}

const defaultAwayMs = 10_000

/** Asks Redis as {@link askRedis} does, each time with the same patience. */
export type AskRedis = <Result>(question: () => Promise<Result>) => Promise<Result>

/** Returns a function that asks Redis with one patience. */
export function createAskRedis(redis: OpenRedis, patience: RedisPatience): AskRedis {
  return async (question) => askRedis(redis, question, patience)
}

/**
 * Does something with Redis and returns its result. While there is no connection, waits for one, and does it again if the
 * connection broke meanwhile: it must do no harm twice.
 *
 * @throws {FleetError} of the codes `FLEET_REDIS_…`; the reason of `signal`
 */
export async function askRedis<Result>(
  redis: OpenRedis,
  ask: () => Promise<Result>,
  { signal, awayMs = defaultAwayMs }: RedisPatience = {},
): Promise<Result> {
  const { promise: givenUp, reject: giveUp } = Promise.withResolvers<never>()
  givenUp.catch(() => undefined)
  let timer: NodeJS.Timeout | undefined
  const onAbort = (): void => giveUp(signal?.reason)
  const onAway = (): void => {
    if (awayMs === Infinity) return
    timer ??= setTimeout(() => giveUp(redis.lastError() ?? new Error('Connection is closed.')), awayMs)
  }
  const onReady = (): void => {
    clearTimeout(timer)
    timer = undefined
  }
  signal?.throwIfAborted()
  signal?.addEventListener('abort', onAbort, { once: true })
  redis.client.on('close', onAway)
  redis.client.on('ready', onReady)
  if (redis.client.status !== 'ready') onAway()
  try {
    return await Promise.race([askAgain(redis, ask), givenUp])
  } catch (error) {
    throw translateRedisError(error, redis.shown)
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
    redis.client.off('close', onAway)
    redis.client.off('ready', onReady)
  }
}

async function askAgain<Result>(redis: OpenRedis, ask: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await ask()
    } catch (error) {
      // Closed for good is not away.
      if (!isRedisAway(error) || redis.client.status === 'end') throw error
      // Waits in the queue of the client until there is a connection.
      await redis.client.ping()
    }
  }
}
