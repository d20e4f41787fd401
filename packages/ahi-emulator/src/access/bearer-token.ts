import { isJsonObject } from '../operation/json-body.ts'
import { ServiceError } from '../operation/service-error.ts'

/** Longest time since a token was issued (developer guide, "OIDC authentication for DICOMweb"). */
const longestAgeSeconds = 12 * 60 * 60

/**
 * Verifies `Authorization: Bearer`. The token must be in the list. A JSON Web Token must not be expired or older than
 * 12 hours. The list replaces the service's authorizer, so the token's signature is not verified.
 * @throws {ServiceError} NotAuthorized (401)
 */
export function verifyBearerToken(
  authorization: string,
  { tokens, now }: { readonly tokens: readonly string[]; readonly now: () => number },
): void {
  const token = authorization.replace(/^Bearer +/i, '')
  if (!tokens.includes(token)) throw unauthorized('The bearer token is not known')
  const claims = readClaims(token)
  if (claims === undefined) return
  const seconds = now() / 1000
  if (claims.expiry !== undefined && claims.expiry <= seconds) throw unauthorized('The bearer token is expired')
  if (claims.issued !== undefined && claims.issued < seconds - longestAgeSeconds) {
    throw unauthorized('The bearer token was issued more than 12 hours ago')
  }
}

interface Claims {
  readonly expiry: number | undefined
  readonly issued: number | undefined
}

/** Returns the claims of a JSON Web Token, or `undefined` for any other text. */
function readClaims(token: string): Claims | undefined {
  const [, payload, ...rest] = token.split('.')
  if (payload === undefined || rest.length !== 1) return undefined
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString())
    if (!isJsonObject(claims)) return undefined
    const { exp, iat } = claims
    return { expiry: typeof exp === 'number' ? exp : undefined, issued: typeof iat === 'number' ? iat : undefined }
  } catch {
    return undefined
  }
}

function unauthorized(message: string): ServiceError {
  return new ServiceError('NotAuthorized', message)
}
