import { createHttpTransport } from '../http/http-transport.ts'
import { createRequestCounters, createRequestCountMemory } from '../timing/request-counts.ts'
import { createClockOffset, createClockOffsetMemory } from './clock-offset.ts'
import { connect, type ConnectionOptions } from './connection.ts'
import type { CredentialSource } from './credential-source.ts'

/** The region and the credentials of this program. */
export interface AwsIdentity {
  readonly region: string
  readonly credentials: CredentialSource
  /** Closes the sockets that credentials are requested over. */
  close(): void
}

/** Options of {@link findAwsIdentity}. */
export type AwsIdentityOptions = Pick<ConnectionOptions, 'credentials' | 'profile' | 'region' | 'mfaCodeProvider'> & {
  /** PEM certificates of the authorities to trust. Default: the authorities of Node.js. */
  readonly certificates?: readonly string[] | undefined
}

/**
 * Finds the region and the credentials as the AWS CLI does, for requests to any service. It requests no credentials
 * yet.
 *
 * @throws {ServiceFailure} if there is no region or the profile does not exist
 * @example
 * import { findAwsIdentity } from '@ahi-dicom/ahi-client/http'
 *
 * const identity = await findAwsIdentity({ region: 'us-east-1' })
 * console.log(identity.region) // us-east-1
 * identity.close()
 */
export async function findAwsIdentity({ certificates, ...options }: AwsIdentityOptions): Promise<AwsIdentity> {
  const transport = createHttpTransport({ ...limits, certificates })
  const clockOffset = createClockOffset(createClockOffsetMemory())
  const counterOf = createRequestCounters(createRequestCountMemory())
  const { region, credentials } = await connect(options, { transport, clockOffset, counterOf })
  return { region, credentials, close: () => transport.close() }
}

/** Limits of requests for credentials. */
const limits = {
  maxConnections: 2,
  timeoutMs: 30_000,
  requestDeadlineMs: 60_000,
  streamDeadlineMs: 60_000,
  minBytesPerSecond: 1,
}
