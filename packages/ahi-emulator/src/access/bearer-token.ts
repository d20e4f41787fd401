import { isJsonObject } from '../operation/json-body.ts'
import { ServiceError } from '../operation/service-error.ts'

/** A token may be used for as long after it was issued (developer guide, "OIDC authentication for DICOMweb"). */
const longestAgeSeconds = 12 * 60 * 60

/**
 * Verifies `Authorization: Bearer`: the token is one of those configured, and where it is a JSON Web Token, neither
 * expired nor issued too long ago. Signatures of tokens are the authorizer's business, whose place the list takes.
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

/** `undefined` for what is no JSON Web Token: any text may be configured. */
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
