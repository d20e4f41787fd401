import type { MessagePort } from 'node:worker_threads'

import type { MaxRates } from '../timing/paces.ts'
import type { ServiceLimits } from '../service/service-access.ts'

/** Options of `shareAccess`. */
export interface ShareAccessOptions {
  /** Requests that the other thread has under way at once, and sockets that it keeps open. */
  readonly connections: number
}

/**
 * What one other thread needs to read frames. Send it with its `transfer` list: `postMessage(access, access.transfer)`.
 * It holds no credentials: the thread asks for them through `port`, and reads proxies from its environment.
 */
export interface SharedAccess {
  /** URL that requests about image sets go to. */
  readonly runtimeEndpoint: string
  /** URL that requests of DICOMweb go to. */
  readonly dicomEndpoint: string
  readonly region: string
  /** Certificates (PEM) of the authorities to trust; undefined for those of Node.js. */
  readonly certificates: readonly string[] | undefined
  readonly limits: ServiceLimits
  readonly maxRates: MaxRates
  /** Memory that all threads share: pace and counts of each operation, outages, and the offset of the clock of AWS. */
  readonly memory: {
    readonly pace: SharedArrayBuffer
    readonly requestCounts: SharedArrayBuffer
    readonly outage: SharedArrayBuffer
    readonly clockOffset: SharedArrayBuffer
  }
  readonly port: MessagePort
  /** The transfer list for `postMessage` or `new Worker`. */
  readonly transfer: MessagePort[]
}
