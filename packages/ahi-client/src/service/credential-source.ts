import type { AhiCredentials } from '../model/credentials.ts'
import { untilAborted } from '../timing/abort.ts'

/** Identifies credentials without their secret. */
export type CredentialsId = Pick<AhiCredentials, 'accessKeyId' | 'sessionToken'>

/** A source of credentials, which are requested when they are needed. */
export interface CredentialSource {
  /** Resolves with credentials to sign with. Rejects with a `ServiceFailure`, or with the reason of `signal`. */
  get(signal?: AbortSignal): Promise<AhiCredentials>
  /** Drops credentials that the service says have expired, so that the next call requests new ones. */
  discard(expired: CredentialsId): void
}

/** Credentials are renewed this long before they expire. */
const renewBeforeMs = 5 * 60_000
/** Shortest time to keep an answer, even a failure, because each request asks for credentials. */
const minHoldMs = 1000

/**
 * Caches the credentials that `ask` returns until they must be renewed. Only one call of `ask` runs at a time. It gets
 * the credentials that expired early, if any.
 */
export function holdCredentials(
  ask: (expired: CredentialsId | undefined) => Promise<AhiCredentials>,
): CredentialSource {
  let current: AhiCredentials | undefined
  let expired: CredentialsId | undefined
  let answer: Promise<AhiCredentials> | undefined
  let heldUntil = Infinity

  async function renewed(): Promise<AhiCredentials> {
    heldUntil = Infinity
    current = undefined
    try {
      current = await ask(expired)
      expired = undefined
      heldUntil = Math.max(Date.now() + minHoldMs, expiryOf(current) - renewBeforeMs)
      return current
    } catch (error) {
      heldUntil = Date.now() + minHoldMs
      throw error
    }
  }

  return {
    get: async (signal) => {
      if (answer === undefined || Date.now() > heldUntil) answer = renewed()
      return current ?? untilAborted(answer, signal)
    },
    discard: ({ accessKeyId, sessionToken }) => {
      if (current?.accessKeyId !== accessKeyId || current.sessionToken !== sessionToken) return
      expired = { accessKeyId, sessionToken }
      current = undefined
      answer = undefined
    },
  }
}

/** Returns the expiry in milliseconds since 1970. `Infinity` if the credentials do not expire. */
function expiryOf({ expiration }: AhiCredentials): number {
  return expiration?.getTime() ?? Infinity
}
