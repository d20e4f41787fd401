import { createHttpTransport } from '../http/http-transport.ts'
import { createRequestCounters, createRequestCountMemory } from '../timing/request-counts.ts'
import { createClockOffset, createClockOffsetMemory } from './clock-offset.ts'
import { connect, type ConnectionOptions } from './connection.ts'
import type { CredentialSource } from './credential-source.ts'

/** Whom AWS knows this program as, and where. */
export interface AwsIdentity {
  readonly region: string
  readonly credentials: CredentialSource
  /** Ends the sockets over which credentials are asked for. */
  close(): void
}

/** Options of {@link findAwsIdentity}. */
export type AwsIdentityOptions = Pick<ConnectionOptions, 'credentials' | 'profile' | 'region' | 'mfaCodeProvider'> & {
  /** Certificates (PEM) of authorities that are trusted instead of those of Node.js. */
  readonly certificates?: readonly string[] | undefined
}

/**
 * Finds region and credentials as the AWS CLI does, for requests to any service. No credentials are asked for yet.
 *
 * @throws {ServiceFailure} if there is no region, or no such profile
 */
export async function findAwsIdentity({ certificates, ...options }: AwsIdentityOptions): Promise<AwsIdentity> {
  const transport = createHttpTransport({ ...bounds, certificates })
  const clockOffset = createClockOffset(createClockOffsetMemory())
  const counterOf = createRequestCounters(createRequestCountMemory())
  const { region, credentials } = await connect(options, { transport, clockOffset, counterOf })
  return { region, credentials, close: () => transport.close() }
}

/** Bounds of requests for credentials. */
const bounds = {
  maxConnections: 2,
  timeoutMs: 30_000,
  requestDeadlineMs: 60_000,
  streamDeadlineMs: 60_000,
  minBytesPerSecond: 1,
}
