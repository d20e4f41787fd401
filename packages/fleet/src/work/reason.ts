import type { FleetContext } from '../fleet-context.ts'
import { translateRedisError } from '../redis/translate-error.ts'

/** The code and the message of an error. */
export interface Reason {
  readonly code: string
  readonly message: string
}

/** Returns the code and the message of an error. The code is `UNKNOWN` if the error has none. */
export function reasonOf(error: unknown): Reason {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN'
  return { code, message }
}

/** Returns the code and the message of an error of Redis, translated by {@link translateRedisError}. */
export function redisReason({ redis }: FleetContext, error: unknown): Reason {
  return reasonOf(translateRedisError(error, redis.shown))
}
