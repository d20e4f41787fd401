import type { Operation } from '../errors/operations.ts'
import { createOutage, type Outage, outageByteLength, type OutageOptions } from './outage.ts'

/** Where the operations of a client go. */
export interface HostUrls {
  readonly runtimeEndpoint: URL
  readonly dicomEndpoint: URL
}

const hostCount = 3
const ofDatastores: ReadonlySet<Operation> = new Set(['ListDatastores', 'GetDatastore'])

/** Makes the memory of the outages of all hosts, to be shared by threads. */
export function createOutageMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(hostCount * outageByteLength)
}

/** The outages of the hosts of a client. One of them can be away, or its name wrong, while the others answer. */
export interface Outages {
  /** Returns the outage of the host that an operation goes to. `urls` is undefined before they are known. */
  of(operation: Operation, urls: HostUrls | undefined): Outage
  readonly all: readonly Outage[]
}

/** Returns the outages over memory of {@link createOutageMemory}. */
export function createOutages(options: Omit<OutageOptions, 'byteOffset'>): Outages {
  const ofHost = (host: number): Outage => createOutage({ ...options, byteOffset: host * outageByteLength })
  const imageSets = ofHost(0)
  const datastores = ofHost(1)
  const dicomWeb = ofHost(2)
  return {
    of: (operation, urls) => {
      // Endpoints other than those of AWS are one host for all operations.
      if (urls === undefined || urls.runtimeEndpoint.host === urls.dicomEndpoint.host) return imageSets
      if (operation === 'GetDICOMInstance') return dicomWeb
      return ofDatastores.has(operation) ? datastores : imageSets
    },
    all: [imageSets, datastores, dicomWeb],
  }
}
