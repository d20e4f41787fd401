import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import {
  createRequestSigner,
  findAwsIdentity,
  type AwsIdentity,
  type CredentialsId,
  ServiceFailure,
} from '@ahi-dicom/ahi-client/http'
import type { RequestBody } from './server-answer.ts'
import type { ServerSettings, SigV4Options } from './server-settings.ts'

/** A request before it is authorized. */
interface UnauthorizedRequest {
  readonly method: string
  readonly url: URL
  /** Headers by lower-case name. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: RequestBody
}

/** Authorizes requests. */
export interface Authorization {
  /** Returns all headers of a request except `host`. */
  headers(request: UnauthorizedRequest, signal: AbortSignal | undefined): Promise<Record<string, string>>
  /** Drops credentials that the server refused. Returns true if another attempt may have better ones. */
  refused(): boolean
  /** True if the whole body must be in memory, because its digest is in the headers. */
  readonly needsWholeBody: boolean
  close(): void
}

/** Creates the authorization of the settings. */
export function createAuthorization(
  settings: ServerSettings,
  certificates: readonly string[] | undefined,
): Authorization {
  const { basic, token, tokenFile, sigv4 } = settings
  if (sigv4 !== undefined) return signed(sigv4, certificates)
  if (tokenFile !== undefined) return byTokenFile(tokenFile)
  if (typeof token === 'function') return byHeader(async () => bearer(await token()), { mayChange: true })
  if (token !== undefined) return byHeader(async () => bearer(token), { mayChange: false })
  if (basic !== undefined) return byHeader(async () => basicHeader(basic.user, basic.password), { mayChange: false })
  return { headers: async ({ headers }) => ({ ...headers }), refused: () => false, needsWholeBody: false, close() {} }
}

function byHeader(header: () => Promise<string>, { mayChange }: { readonly mayChange: boolean }): Authorization {
  return {
    headers: async ({ headers }) => ({ ...headers, authorization: await header() }),
    refused: () => mayChange,
    needsWholeBody: false,
    close() {},
  }
}

function byTokenFile(path: string): Authorization {
  let token: Promise<string> | undefined
  return {
    headers: async ({ headers }) => ({ ...headers, authorization: bearer(await (token ??= readToken(path))) }),
    refused() {
      token = undefined
      return true
    },
    needsWholeBody: false,
    close() {},
  }
}

async function readToken(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    const advice = 'give the path of a file that contains only the token'
    throw new ServiceFailure('AHI_CREDENTIALS', `the file of the bearer token cannot be read (${code})`, { advice })
  }
}

/** Returns the header of a bearer token. Errors do not show the token. */
function bearer(token: string): string {
  const text = token.trim()
  if (/^[\w\-.~+/]+=*$/.test(text)) return `Bearer ${text}`
  const advice = 'a token has only letters, digits and the characters - . _ ~ + / = (RFC 6750)'
  throw new ServiceFailure('AHI_CREDENTIALS', 'the bearer token is empty or has invalid characters', {
    advice,
  })
}

function basicHeader(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

/** Signs requests with the digest of the whole body, which every AWS service accepts. */
function signed(
  { service, ...identityOptions }: SigV4Options,
  certificates: readonly string[] | undefined,
): Authorization {
  let identity: Promise<AwsIdentity> | undefined
  let used: { readonly of: AwsIdentity; readonly credentials: CredentialsId } | undefined

  return {
    async headers({ method, url, headers, body }, signal) {
      const found = await (identity ??= findAwsIdentity({ ...identityOptions, certificates }))
      const credentials = await found.credentials.get(signal)
      used = { of: found, credentials }
      const signer = createRequestSigner({ region: found.region, service })
      const { 'content-length': _, ...toSign } = headers
      const sha256 = digestOf(body)
      const signedHeaders = { host: url.host, 'x-amz-content-sha256': sha256, ...toSign }
      const query = url.search.slice(1)
      const request = { method, path: url.pathname, query, headers: signedHeaders, body: { sha256 } }
      const { host: _host, ...all } = signer.sign(request, credentials, new Date())
      return { ...headers, ...all }
    },
    refused() {
      if (used === undefined) return false
      used.of.credentials.discard(used.credentials)
      used = undefined
      return true
    },
    needsWholeBody: true,
    close() {
      void identity?.then((found) => found.close()).catch(() => undefined)
    },
  }
}

function digestOf(body: RequestBody): string {
  if (Symbol.asyncIterator in body) throw new TypeError('Expected a `body` in memory, to be signed')
  const digest = createHash('sha256')
  for (const part of body) digest.update(part)
  return digest.digest('hex')
}
