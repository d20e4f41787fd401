/**
 * The AWS SDK: configuration, endpoint and credentials. Nothing else in this package knows of it, and none of its types
 * leaves this file. It is loaded with the first request.
 */
import { printable } from '@ahi-dicom/ahi-metadata'
import type { MedicalImagingClient, MedicalImagingClientConfig } from '@aws-sdk/client-medical-imaging'

import { ServiceFailure } from '../errors/service-failure.ts'
import type { HttpTransport } from '../http/http-transport.ts'
import type { Operation } from '../errors/operations.ts'
import type { AhiCredentials } from '../model/credentials.ts'
import type { RequestCounter } from '../timing/request-counts.ts'
import type { ClockOffset } from './clock-offset.ts'
import { holdCredentials } from './credential-source.ts'
import { encodeUri } from './encode-uri.ts'
import { failureOfAnswer } from './error-answer.ts'
import type { ServiceTarget } from './service-target.ts'

/** Where to send requests, and as whom. What is left out comes from the environment and the AWS configuration files. */
export interface ConnectionOptions {
  readonly credentials?: AhiCredentials | (() => Promise<AhiCredentials>) | undefined
  readonly profile?: string | undefined
  readonly region?: string | undefined
  readonly endpoint?: string | undefined
}

/** The service, at one endpoint and under one identity. */
export interface Connection extends ServiceTarget {
  /** Where requests about data stores go. */
  readonly controlEndpoint: URL
}

/** Transport, clock and counts of a connection. */
interface ConnectionMeans {
  readonly transport: HttpTransport
  readonly clockOffset: ClockOffset
  readonly counterOf: (operation: Operation) => RequestCounter
}

/** Reads the configuration and connects to the service, which sends nothing yet. */
export async function connect(options: ConnectionOptions, means: ConnectionMeans): Promise<Connection> {
  const { transport, clockOffset, counterOf } = means
  const sdk = await import('@aws-sdk/client-medical-imaging')
  const client = new sdk.MedicalImagingClient(clientConfig(options, transport))
  const endpoint = await resolveEndpoint(client, options).catch((cause: unknown) => {
    throw new ServiceFailure('AHI_VALIDATION', `the AWS configuration is not complete (${messageOf(cause)})`, { cause })
  })
  // The SDK's own cache costs a fifth of a request.
  const credentials = holdCredentials((expired) => resolveCredentials(client, expired !== undefined))

  return { ...endpoint, credentials, clockOffset, counterOf }
}

function clientConfig(options: ConnectionOptions, transport: HttpTransport): MedicalImagingClientConfig {
  // The SDK reads AWS_REGION and the profile by itself, but not the variable that the AWS CLI and boto3 read.
  const region = options.region ?? (process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION'] || undefined)
  return {
    ...(options.credentials !== undefined && { credentials: identityProvider(options.credentials) }),
    ...(options.profile !== undefined && { profile: options.profile }),
    // The SDK would keep a slash at the end and add another.
    ...(options.endpoint !== undefined && { endpoint: options.endpoint.replace(/\/+$/, '') }),
    ...(region !== undefined && { region }),
    customUserAgent: 'ahi-dicom',
    // What the SDK has to say, for example of a profile beside keys in the environment, goes to the console otherwise.
    logger: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
    maxAttempts: 1,
    retryMode: 'standard',
    requestHandler: requestHandler(transport),
  }
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

/** Lets the SDK ask for credentials through our transport. An answer that is an error does not reach the SDK. */
function requestHandler(transport: HttpTransport): NonNullable<MedicalImagingClientConfig['requestHandler']> {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request: SdkRequest, options?: { abortSignal?: AbortSignal }) => {
      const path = `${request.path}${queryString(request.query)}`
      const sent = { port: undefined, body: undefined, ...request, path, limit }
      const answer = await transport.send(sent, options?.abortSignal)
      if (answer.statusCode === 200) return { response: answer }
      throw failureOfAnswer(answer)
    },
    updateHttpClientConfig: ignore,
    httpHandlerConfigs: () => ({}),
    destroy: ignore,
  }
}

/** Credentials are told in some kilobytes. */
const limit = { byteLength: 2 ** 20 }

interface SdkRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

function queryString(query: SdkRequest['query']): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeUri(name)}=${encodeUri(one ?? '')}`),
  )
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

/** Host prefixes (`runtime-`, `dicom-`) are for AWS's own hosts: no other endpoint has such names. */
async function resolveEndpoint(
  { config }: MedicalImagingClient,
  { endpoint }: ConnectionOptions,
): Promise<Pick<Connection, 'region' | 'controlEndpoint' | 'runtimeEndpoint' | 'dicomEndpoint'>> {
  const region = await config.region()
  const [UseFIPS, UseDualStack] = await Promise.all([config.useFipsEndpoint(), config.useDualstackEndpoint()])
  const standard = new URL(config.endpointProvider({ Region: region, UseFIPS, UseDualStack }).url)
  const configured = endpoint ?? (await config.serviceConfiguredEndpoint?.())
  const controlEndpoint = configured === undefined ? standard : new URL(configured)
  const withPrefix = (prefix: string): URL => {
    const url = new URL(controlEndpoint)
    const isOfAws = [standard.hostname, `runtime-${standard.hostname}`].includes(url.hostname)
    if (isOfAws) url.hostname = `${prefix}${standard.hostname}`
    return url
  }
  return { region, controlEndpoint, runtimeEndpoint: withPrefix('runtime-'), dicomEndpoint: withPrefix('dicom-') }
}

async function resolveCredentials({ config }: MedicalImagingClient, forceRefresh: boolean): Promise<AhiCredentials> {
  let credentials: AhiCredentials
  try {
    credentials = await config.credentials({ forceRefresh })
  } catch (cause) {
    throw new ServiceFailure('AHI_CREDENTIALS', `there are no AWS credentials to use (${messageOf(cause)})`, { cause })
  }
  const { accessKeyId, secretAccessKey } = credentials
  if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string') return credentials
  throw new ServiceFailure('AHI_CREDENTIALS', 'the credentials have no accessKeyId or no secretAccessKey')
}

/** What the SDK and its providers say may come from a file or a service. */
function messageOf(error: unknown): string {
  return printable(error instanceof Error ? error.message : String(error), { maxLength: 500 })
}
