import type { AhiCredentials } from '../model/credentials.ts'
import { untilAborted } from '../timing/abort.ts'

/** Identifies credentials without their secret. */
export type CredentialsId = Pick<AhiCredentials, 'accessKeyId' | 'sessionToken'>

/** Credentials that are asked for when they are needed. */
export interface CredentialSource {
  /** Resolves with credentials to sign with. Rejects with a `ServiceFailure`, or with the reason of `signal`. */
  get(signal?: AbortSignal): Promise<AhiCredentials>
  /** Lets the next call ask for others, because the service says that these have expired. */
  discard(expired: CredentialsId): void
}

/** Credentials are renewed this long before they end. */
const renewedBeforeMs = 5 * 60_000
/** An answer, a failure too, is held this long at least, because each request asks. */
const heldAtLeastMs = 1000

/**
 * Holds what `ask` answers until it is to be renewed. One question is asked at a time. It names the credentials that
 * have expired too early, if any.
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
      heldUntil = Math.max(Date.now() + heldAtLeastMs, endOf(current) - renewedBeforeMs)
      return current
    } catch (error) {
      heldUntil = Date.now() + heldAtLeastMs
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

/** In milliseconds since 1970; `Infinity` for those that do not end. */
function endOf({ expiration }: AhiCredentials): number {
  return expiration?.getTime() ?? Infinity
}
