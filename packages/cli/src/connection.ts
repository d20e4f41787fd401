import type { MaxRates, ServiceOutage } from '@ahi-dicom/ahi-client'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { UsageError } from './errors.ts'
import type { GlobalOptions } from './options/global-options.ts'
import { wholeNumber } from './options/option-values.ts'

/** How to reach AHI: options of `createAhiClient`. The AWS SDK resolves the region and credentials that are left out. */
export interface ConnectionSettings {
  readonly profile?: string
  readonly region?: string
  readonly endpoint?: string
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string }
  readonly maxAttempts?: number
  readonly outageTimeoutMs?: number
  readonly maxRates?: MaxRates
  readonly onOutage?: (outage: ServiceOutage) => void
  readonly mfaCodeProvider?: (mfaSerial: string) => Promise<string>
}

/** Sign requests to a loopback endpoint if nothing else is configured. The emulator checks neither by default. */
const dummyCredentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' } as const
const dummyRegion = 'us-east-1'

/**
 * Returns how to reach AHI, from the options and the environment. Both have the same names as in the AWS CLI. If the endpoint
 * is on this machine and no credentials or region are configured, dummy ones are used.
 */
export function connectionSettings(options: GlobalOptions, env: NodeJS.ProcessEnv): ConnectionSettings {
  const endpoint = endpointUrl(options, env)
  const isLocal = endpoint !== undefined && isLoopback(endpoint)
  const region =
    options.region ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || (isLocal ? dummyRegion : undefined))
  const useDummy = isLocal && options.profile === undefined && !hasCredentials(env)
  return {
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(region === undefined ? {} : { region }),
    ...(endpoint === undefined ? {} : { endpoint: endpoint.href.replace(/\/$/, '') }),
    ...(useDummy ? { credentials: dummyCredentials } : {}),
    ...maxAttempts(env),
    ...(options.waitForService === undefined ? {} : { outageTimeoutMs: options.waitForService * 1000 }),
  }
}

/** Returns how to reach an emulator that runs in this process. Ignores the environment. */
export function loopbackConnection(endpoint: string): ConnectionSettings {
  return { endpoint, region: dummyRegion, credentials: dummyCredentials }
}

/** Returns true for URLs of this machine: localhost and the loopback addresses of RFC 1122 and RFC 4291. */
function isLoopback({ hostname }: URL): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname)
}

function endpointUrl(options: GlobalOptions, env: NodeJS.ProcessEnv): URL | undefined {
  const ignoreEnvironment = env['AWS_IGNORE_CONFIGURED_ENDPOINT_URLS'] === 'true'
  const configured = env['AWS_ENDPOINT_URL_MEDICAL_IMAGING'] || env['AWS_ENDPOINT_URL'] || undefined
  const value = options.endpointUrl ?? (ignoreEnvironment ? undefined : configured)
  if (value === undefined) return undefined
  const url = URL.parse(value)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new UsageError(
    `Cannot use the endpoint '${withoutUser(value)}': it must be an http or https URL such as http://127.0.0.1:9000`,
  )
}

/** Returns the URL without user and password, for messages. */
function withoutUser(url: string): string {
  return url.replace(/^([\w+.-]*:?\/\/)?.*@/s, '$1')
}

function maxAttempts({ AWS_MAX_ATTEMPTS: value }: NodeJS.ProcessEnv): { readonly maxAttempts?: number } {
  return value === undefined || value === '' ? {} : { maxAttempts: parseMaxAttempts(value) }
}

const parseMaxAttempts = wholeNumber('AWS_MAX_ATTEMPTS', { from: 1, to: 100 })

/** Returns true if the environment or the default profile has credentials. Does not ask the metadata service of EC2. */
function hasCredentials(env: NodeJS.ProcessEnv): boolean {
  const names = [
    'AWS_ACCESS_KEY_ID',
    'AWS_PROFILE',
    'AWS_WEB_IDENTITY_TOKEN_FILE',
    'AWS_CONTAINER_CREDENTIALS_RELATIVE_URI',
    'AWS_CONTAINER_CREDENTIALS_FULL_URI',
  ]
  if (names.some((name) => env[name])) return true
  const folder = join(homedir(), '.aws')
  const files = [
    env['AWS_SHARED_CREDENTIALS_FILE'] || join(folder, 'credentials'),
    env['AWS_CONFIG_FILE'] || join(folder, 'config'),
  ]
  return files.some(defaultProfileHasCredentials)
}

function defaultProfileHasCredentials(path: string): boolean {
  const section = /^\[\s*(?:profile\s+)?default\s*\]\s*$(?<body>[^[]*)/m.exec(readIfThere(path))?.groups?.['body'] ?? ''
  return /^\s*(aws_access_key_id|credential_process|role_arn|sso_session|sso_start_url|web_identity_token_file)\s*=/m.test(
    section,
  )
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
