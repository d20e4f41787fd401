import type { OpenRedis } from './connect.ts'
import { isRedisAway, translateRedisError } from './translate-error.ts'

/** How long to wait while Redis is away. */
export interface RedisPatience {
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined
  /** Gives up after this many milliseconds without a connection. `Infinity`: only `signal` ends the wait. Default 10,000. */
  readonly awayMs?: number | undefined
}

const defaultAwayMs = 10_000

/** {@link askRedis} with its connection and patience already given. */
export type AskRedis = <Result>(question: () => Promise<Result>) => Promise<Result>

/** Returns {@link askRedis} for one connection and one patience. */
export function createAskRedis(redis: OpenRedis, patience: RedisPatience): AskRedis {
  return async (question) => askRedis(redis, question, patience)
}

/**
 * Calls `ask`, which uses Redis, and returns its result. While there is no connection, it waits for one. If the connection
 * breaks during the call, it calls `ask` again, so `ask` must be safe to repeat.
 *
 * @throws {FleetError} with a `FLEET_REDIS_…` code
 * @throws the reason of `signal`
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
      // The status `end` means that the client was closed and will not reconnect.
      if (!isRedisAway(error) || redis.client.status === 'end') throw error
      // The client queues the command until it is connected again.
      await redis.client.ping()
    }
  }
}
