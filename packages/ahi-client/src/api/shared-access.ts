import type { MessagePort } from 'node:worker_threads'

import type { MaxRates } from '../timing/paces.ts'
import type { ServiceLimits } from '../service/service-access.ts'

/** Options of `shareAccess`. */
export interface ShareAccessOptions {
  /** Most requests that the other thread has in progress at once, and most sockets that it keeps open. */
  readonly connections: number
}

/**
 * The access of a client, for one other thread to read frames. Send it with its `transfer` list: `postMessage(access,
 * access.transfer)`. It holds no credentials: the thread requests them through `port`. The thread reads the proxy
 * settings from its environment.
 */
export interface SharedAccess {
  /** URL for requests about image sets. */
  readonly runtimeEndpoint: string
  /** URL for DICOMweb requests. */
  readonly dicomEndpoint: string
  readonly region: string
  /** PEM certificates of the authorities to trust. `undefined` to trust the authorities of Node.js. */
  readonly certificates: readonly string[] | undefined
  readonly limits: ServiceLimits
  readonly maxRates: MaxRates
  /**
   * Memory that all threads share: the pace and the counts of each operation, outages, and the offset from the clock of
   * AWS.
   */
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
