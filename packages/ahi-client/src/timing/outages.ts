import type { Operation } from '../errors/operations.ts'
import { createOutage, type Outage, outageByteLength, type OutageOptions } from './outage.ts'

/** The endpoints of a client. */
export interface HostUrls {
  readonly runtimeEndpoint: URL
  readonly dicomEndpoint: URL
}

const hostCount = 3
const ofDatastores: ReadonlySet<Operation> = new Set(['ListDatastores', 'GetDatastore'])

/** Creates shared memory for the outages of all hosts. */
export function createOutageMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(hostCount * outageByteLength)
}

/** The outages of the hosts of a client. One host can be away, or its name wrong, while the others answer. */
export interface Outages {
  /** Returns the outage of the host of an operation. `urls` is `undefined` until the endpoints are known. */
  of(operation: Operation, urls: HostUrls | undefined): Outage
  readonly all: readonly Outage[]
}

/** Creates the outages that are kept in memory of {@link createOutageMemory}. */
export function createOutages(options: Omit<OutageOptions, 'byteOffset'>): Outages {
  const ofHost = (host: number): Outage => createOutage({ ...options, byteOffset: host * outageByteLength })
  const imageSets = ofHost(0)
  const datastores = ofHost(1)
  const dicomWeb = ofHost(2)
  return {
    of: (operation, urls) => {
      // Endpoints outside AWS have one host for all operations.
      if (urls === undefined || urls.runtimeEndpoint.host === urls.dicomEndpoint.host) return imageSets
      if (operation === 'GetDICOMInstance') return dicomWeb
      return ofDatastores.has(operation) ? datastores : imageSets
    },
    all: [imageSets, datastores, dicomWeb],
  }
}
