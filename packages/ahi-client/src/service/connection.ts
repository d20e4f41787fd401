/**
 * The AWS SDK: configuration, endpoint and credentials. Only this file uses the SDK, and none of its types leaves it.
 * It is loaded with the first request.
 */
import { printable } from '@ahi-dicom/ahi-metadata'
import type { MedicalImagingClient, MedicalImagingClientConfig } from '@aws-sdk/client-medical-imaging'

import { ServiceFailure } from '../errors/service-failure.ts'
import type { HttpTransport } from '../http/http-transport.ts'
import type { Operation } from '../errors/operations.ts'
import type { AhiCredentials } from '../model/credentials.ts'
import type { RequestCounter } from '../timing/request-counts.ts'
import type { ClockOffset } from './clock-offset.ts'
import { type AwsProfile, configuredEndpoint, readProfile } from './aws-profile.ts'
import { credentialFailure, unknownProfile } from './credential-failure.ts'
import { holdCredentials } from './credential-source.ts'
import { failureOfIdentityService } from './error-answer.ts'
import { foreignToIdentityService } from './foreign-answer.ts'
import type { ServiceTarget } from './service-target.ts'
import { targetOf, type SdkRequest } from './sdk-request.ts'

/**
 * The endpoint and the identity for requests. Missing options come from the environment and the AWS configuration
 * files.
 */
export interface ConnectionOptions {
  readonly credentials?: AhiCredentials | (() => Promise<AhiCredentials>) | undefined
  readonly profile?: string | undefined
  readonly region?: string | undefined
  readonly endpoint?: string | undefined
  readonly mfaCodeProvider?: ((mfaSerial: string) => Promise<string>) | undefined
}

/** The endpoints of the service with an identity. */
export interface Connection extends ServiceTarget {
  /** Endpoint for requests about data stores. */
  readonly controlEndpoint: URL
}

/** The transport, clock and counters of a connection. */
interface ConnectionParts {
  readonly transport: HttpTransport
  readonly clockOffset: ClockOffset
  readonly counterOf: (operation: Operation) => RequestCounter
}

/** Reads the AWS configuration and returns a connection. It sends no request to AHI. */
export async function connect(options: ConnectionOptions, parts: ConnectionParts): Promise<Connection> {
  const { transport, clockOffset, counterOf } = parts
  const [sdk, profile] = await Promise.all([import('@aws-sdk/client-medical-imaging'), readProfile(options.profile)])
  checkProfile(profile, options)
  const client = new sdk.MedicalImagingClient(clientConfig(options, transport))
  const endpoint = await resolveEndpoint(client, options, profile)
  // The SDK's own cache would take a fifth of the time of a request.
  const credentials = holdCredentials((expired) => resolveCredentials(client, profile, expired !== undefined))

  return { ...endpoint, credentials, clockOffset, counterOf }
}

function clientConfig(options: ConnectionOptions, transport: HttpTransport): MedicalImagingClientConfig {
  // The SDK reads AWS_REGION and the profile itself, but not AWS_DEFAULT_REGION, which the AWS CLI and boto3 read.
  const region = options.region ?? (process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION'] || undefined)
  return {
    ...(options.credentials !== undefined && { credentials: identityProvider(options.credentials) }),
    ...(options.profile !== undefined && { profile: options.profile }),
    // The SDK would keep a slash at the end and add another one.
    ...(options.endpoint !== undefined && { endpoint: options.endpoint.replace(/\/+$/, '') }),
    ...(region !== undefined && { region }),
    customUserAgent: 'ahi-dicom',
    // Without a logger, the SDK prints warnings to the console, for example about a profile beside keys in the
    // environment.
    logger: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
    maxAttempts: 1,
    retryMode: 'standard',
    requestHandler: requestHandler(transport),
    // Not part of the type, but the SDK passes its configuration on to the profile provider.
    ...(options.mfaCodeProvider !== undefined && { mfaCodeProvider: options.mfaCodeProvider }),
  }
}

/** Throws if a profile was requested by name and does not exist, unless the credentials come from elsewhere. */
function checkProfile(profile: AwsProfile, options: ConnectionOptions): void {
  if (profile.exists || options.credentials !== undefined) return
  const hasKeys = process.env['AWS_ACCESS_KEY_ID'] && process.env['AWS_SECRET_ACCESS_KEY']
  const isRequested = options.profile !== undefined || (process.env['AWS_PROFILE'] && !hasKeys)
  if (isRequested) throw unknownProfile(profile)
}

function ignore(): void {}

type IdentityProvider = Extract<NonNullable<MedicalImagingClientConfig['credentials']>, (...args: never) => unknown>

function identityProvider(credentials: NonNullable<ConnectionOptions['credentials']>): IdentityProvider {
  return async () => {
    const { sessionToken, expiration, ...keys } = typeof credentials === 'function' ? await credentials() : credentials
    return {
      ...keys,
      ...(sessionToken !== undefined && { sessionToken }),
      ...(expiration !== undefined && { expiration }),
    }
  }
}

/** Makes the SDK request credentials through our transport. Error answers are thrown here and do not reach the SDK. */
function requestHandler(transport: HttpTransport): NonNullable<MedicalImagingClientConfig['requestHandler']> {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request: SdkRequest<string | Uint8Array>, options?: { abortSignal?: AbortSignal }) => {
      const sent = { port: undefined, body: undefined, ...request, path: targetOf(request), limit }
      const answer = await transport.send(sent, options?.abortSignal)
      const isAnswer = answer.statusCode === 200 && foreignToIdentityService(answer, request.hostname) === undefined
      if (isAnswer) return { response: answer }
      throw failureOfIdentityService(answer, request.hostname)
    },
    updateHttpClientConfig: ignore,
    httpHandlerConfigs: () => ({}),
    destroy: ignore,
  }
}

/** Credentials take some kilobytes. */
const limit = { byteLength: 2 ** 20 }

/** Resolves the region and the endpoints. Only AWS's own hosts get the host prefixes `runtime-` and `dicom-`. */
async function resolveEndpoint(
  { config }: MedicalImagingClient,
  { endpoint }: ConnectionOptions,
  profile: AwsProfile,
): Promise<Pick<Connection, 'region' | 'controlEndpoint' | 'runtimeEndpoint' | 'dicomEndpoint'>> {
  const region = await config.region().catch((cause: unknown) => {
    throw noRegion(cause, profile)
  })
  const [UseFIPS, UseDualStack] = await Promise.all([config.useFipsEndpoint(), config.useDualstackEndpoint()])
  const standard = new URL(config.endpointProvider({ Region: region, UseFIPS, UseDualStack }).url)
  const configured = endpoint ?? configuredEndpoint(profile)
  const controlEndpoint = configured === undefined ? standard : endpointUrl(configured)
  const withPrefix = (prefix: string): URL => {
    const url = new URL(controlEndpoint)
    const isAwsHost = [standard.hostname, `runtime-${standard.hostname}`].includes(url.hostname)
    if (isAwsHost) url.hostname = `${prefix}${standard.hostname}`
    return url
  }
  return { region, controlEndpoint, runtimeEndpoint: withPrefix('runtime-'), dicomEndpoint: withPrefix('dicom-') }
}

function noRegion(cause: unknown, { name }: AwsProfile): ServiceFailure {
  const message = printable(cause instanceof Error ? cause.message : String(cause), { maxLength: 500 })
  const reason =
    message === 'Region is missing' ? 'the AWS region is not set' : `the AWS region is not usable (${message})`
  const advice = `set AWS_REGION, or region in the profile ${JSON.stringify(name)}`
  return new ServiceFailure('AHI_VALIDATION', reason, { cause, advice })
}

function endpointUrl(text: string): URL {
  const url = URL.parse(text)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new ServiceFailure('AHI_VALIDATION', 'the endpoint of the AWS configuration is not an http or https URL', {
    advice: 'correct endpoint_url of the profile, or AWS_ENDPOINT_URL',
  })
}

async function resolveCredentials(
  { config }: MedicalImagingClient,
  profile: AwsProfile,
  forceRefresh: boolean,
): Promise<AhiCredentials> {
  let credentials: AhiCredentials
  try {
    credentials = await config.credentials({ forceRefresh })
  } catch (cause) {
    throw credentialFailure(cause, profile)
  }
  const { accessKeyId, secretAccessKey, sessionToken } = credentials
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    throw new ServiceFailure('AHI_CREDENTIALS', 'the credentials have no accessKeyId or no secretAccessKey')
  }
  if (!fitsHeader(accessKeyId)) throw unfitForHeader('accessKeyId', 'AWS_ACCESS_KEY_ID')
  if (sessionToken !== undefined && !fitsHeader(sessionToken)) throw unfitForHeader('sessionToken', 'AWS_SESSION_TOKEN')
  return credentials
}

/** Returns true if a header can hold the text: visible ASCII. */
function fitsHeader(text: string): boolean {
  return /^[!-~]*$/.test(text)
}

function unfitForHeader(member: string, variable: string): ServiceFailure {
  return new ServiceFailure(
    'AHI_CREDENTIALS',
    `the ${member} of the credentials has characters that no request can have`,
    {
      advice: `copy it again without quotation marks and spaces, for example into ${variable}`,
    },
  )
}
