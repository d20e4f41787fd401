import type { ReceivedRequest } from '../operation/received-request.ts'
import { verifyBearerToken } from './bearer-token.ts'
import { verifySignature, type AccessKey } from './verify-signature.ts'

/** Who may use the emulator. */
export interface AuthenticationOptions {
  /** Keys that requests may be signed with (Signature Version 4). */
  readonly keys?: readonly AccessKey[] | undefined
  /** Tokens that DICOMweb takes as `Authorization: Bearer`, as of a data store with a Lambda authorizer. */
  readonly bearerTokens?: readonly string[] | undefined
}

/** Lets a request pass or throws a {@link ServiceError}. */
export type Authenticator = (request: ReceivedRequest) => Promise<void>

/** Makes what verifies requests. */
export function createAuthenticator(
  { keys = [], bearerTokens = [] }: AuthenticationOptions,
  { region, now }: { readonly region: string; readonly now: () => number },
): Authenticator {
  return async (request) => {
    const { authorization } = request.headers
    if (isDicomWeb(request) && authorization !== undefined && /^Bearer /i.test(authorization)) {
      verifyBearerToken(authorization, { tokens: bearerTokens, now })
    } else {
      await verifySignature(request, { keys, region, now })
    }
  }
}

function isDicomWeb({ path }: ReceivedRequest): boolean {
  return /^\/datastore\/[^/]+\/(?:studies|series|instances)(?:\/|$)/.test(path)
}
