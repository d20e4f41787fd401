import type { FleetContext } from '../fleet-context.ts'
import { translateRedisError } from '../redis/translate-error.ts'

/** What an error says. */
export interface Reason {
  readonly code: string
  readonly message: string
}

/** Returns what an error says. */
export function reasonOf(error: unknown): Reason {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNKNOWN'
  return { code, message }
}

/** Returns what an error of Redis says. */
export function redisReason({ redis }: FleetContext, error: unknown): Reason {
  return reasonOf(translateRedisError(error, redis.shown))
}
