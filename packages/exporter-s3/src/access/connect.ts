import {
  certificateBundle,
  configuredEndpoint,
  createHttpTransport,
  readCertificates,
  readProfile,
  type AwsProfile,
  type HttpTransport,
} from '@ahi-dicom/ahi-client/http'
import { printable } from '@ahi-dicom/ahi-metadata/printable'
import { OutputError } from '@ahi-dicom/export-files'
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers'
import { checkBodies } from './checked-bodies.ts'
import { createRetries } from './retries.ts'
import { translated, type S3Action } from './s3-error.ts'
import type { S3AccessOptions } from './s3-options.ts'
import { transportHandler } from './transport-handler.ts'

/** Holds one S3 client, which is created on first use. */
export interface S3Connection {
  client(): Promise<S3Client>
  close(): void
}

const maxConnections = 64
/** Longest silence of the service. */
const timeoutMs = 60_000
/** Longest time for a whole answer. S3 may copy 5 GiB before it answers. */
const deadlineMs = 900_000
/** Longest time to read an object: in practice no limit. */
const streamDeadlineMs = 86_400_000

/** Options of {@link connectS3}. */
export interface ConnectOptions {
  /**
   * True if the service has answered this process before. Default false: an address that nobody answers fails at once,
   * without retries.
   */
  readonly hasAnswered?: boolean | undefined
}

/** Returns a connection to S3. It sends no request until the client is used. */
export function connectS3(options: S3AccessOptions, connecting: ConnectOptions = {}): S3Connection {
  let opening: Promise<{ readonly client: S3Client; readonly transport: HttpTransport }> | undefined
  return {
    client: () => translated(connectAction, async () => (await (opening ??= open(options, connecting))).client),
    close() {
      void opening?.then(
        ({ client }) => client.destroy(),
        () => undefined,
      )
      opening = undefined
    },
  }
}

const connectAction: S3Action = { verb: 'connect to', subject: 'S3', permission: '' }

async function open(
  options: S3AccessOptions,
  connecting: ConnectOptions,
): Promise<{ readonly client: S3Client; readonly transport: HttpTransport }> {
  const profile = await readProfile(options.profile, 's3')
  if (options.profile !== undefined && !profile.exists) throw noProfile(options.profile)
  const bundle = certificateBundle(profile)
  const transport = createHttpTransport({
    maxConnections,
    timeoutMs,
    minBytesPerSecond: 0,
    requestDeadlineMs: deadlineMs,
    streamDeadlineMs,
    certificates: bundle && (await readCertificates(bundle)),
  })
  const client = new S3Client(clientConfig(options, { profile, transport, ...connecting }))
  checkBodies(client)
  return { client, transport }
}

function noProfile(name: string): OutputError {
  const message =
    `Cannot use the AWS profile "${printable(name)}": the AWS configuration files do not contain it; check the name ` +
    'of the `profile`, and AWS_CONFIG_FILE'
  return new OutputError('OUTPUT_REFUSED', message, { path: '' })
}

interface ClientSettings extends ConnectOptions {
  readonly profile: AwsProfile
  readonly transport: HttpTransport
}

function clientConfig(options: S3AccessOptions, { profile, transport, hasAnswered }: ClientSettings): S3ClientConfig {
  const { credentials, roleArn } = options
  const { env } = process
  const region = options.region ?? (env['AWS_REGION'] || env['AWS_DEFAULT_REGION'] || profile.settings['region'])
  const endpoint = options.endpoint ?? configuredEndpoint(profile)
  const given = credentials === undefined ? {} : { credentials: identity(credentials) }
  const shared = {
    // If the bucket is in another region, its error names that region.
    region: region || 'us-east-1',
    logger: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
    requestHandler: transportHandler(transport),
    customUserAgent: 'ahi-dicom',
    ...(options.profile !== undefined && { profile: options.profile }),
  }
  const role =
    roleArn === undefined
      ? given
      : {
          credentials: fromTemporaryCredentials({
            params: { RoleArn: roleArn, RoleSessionName: 'ahi-dicom' },
            clientConfig: { ...shared, retryStrategy: createRetries({ hasAnswered }) },
            ...('credentials' in given && { masterCredentials: given.credentials }),
          }),
        }
  return {
    ...shared,
    ...role,
    ...(endpoint !== undefined && { endpoint: endpoint.replace(/\/+$/, '') }),
    forcePathStyle:
      options.forcePathStyle ?? (endpoint !== undefined && !/\.amazonaws\.com(?:\.cn)?$/u.test(hostOf(endpoint))),
    retryStrategy: createRetries({ hasAnswered }),
    // checkBodies already adds a SHA-256 to each body, and downloads are compared with the record.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  }
}

function hostOf(endpoint: string): string {
  return URL.parse(endpoint)?.hostname ?? ''
}

function ignore(): void {}

type Identity = Extract<NonNullable<S3ClientConfig['credentials']>, (...args: never) => unknown>

function identity(credentials: NonNullable<S3AccessOptions['credentials']>): Identity {
  return async () => {
    const { sessionToken, ...keys } = typeof credentials === 'function' ? await credentials() : credentials
    return { ...keys, ...(sessionToken !== undefined && { sessionToken }) }
  }
}
