import type { Operation } from '../errors/operations.ts'
import type { RequestCounter } from '../timing/request-counts.ts'
import type { ClockOffset } from './clock-offset.ts'
import type { CredentialSource } from './credential-source.ts'

/** The endpoints, identity and clock of requests. */
export interface ServiceTarget {
  /** Endpoint for requests about image sets. */
  readonly runtimeEndpoint: URL
  /** Endpoint for DICOMweb requests. */
  readonly dicomEndpoint: URL
  readonly region: string
  readonly credentials: CredentialSource
  readonly clockOffset: ClockOffset
  readonly counterOf: (operation: Operation) => RequestCounter
}
