import type { ReceivedRequest } from '../operation/received-request.ts'
import { verifyBearerToken } from './bearer-token.ts'
import { verifySignature, type AccessKey } from './verify-signature.ts'

/** Keys and tokens that requests are verified with. */
export interface AuthenticationOptions {
  /** Access keys that requests may be signed with (Signature Version 4). */
  readonly keys?: readonly AccessKey[] | undefined
  /** Tokens that DICOMweb requests may carry as `Authorization: Bearer`, as with a Lambda authorizer. */
  readonly bearerTokens?: readonly string[] | undefined
}

/** Verifies a request. Throws a {@link ServiceError} if it is not authorized. */
export type Authenticator = (request: ReceivedRequest) => Promise<void>

/** Creates a verifier of bearer tokens (DICOMweb only) and signatures. */
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
