import type { Operation } from '../errors/operations.ts'
import type { RequestCounter } from '../timing/request-counts.ts'
import type { ClockOffset } from './clock-offset.ts'
import type { CredentialSource } from './credential-source.ts'

/** Where requests go, as whom, and by which clock. */
export interface ServiceTarget {
  /** Where requests about image sets go. */
  readonly runtimeEndpoint: URL
  /** Where requests of DICOMweb go. */
  readonly dicomEndpoint: URL
  readonly region: string
  readonly credentials: CredentialSource
  readonly clockOffset: ClockOffset
  readonly counterOf: (operation: Operation) => RequestCounter
}
