import type { ReceiveMemory } from '../http/receive-memory.ts'
import { createClockOffset } from '../service/clock-offset.ts'
import { credentialsThrough } from '../service/credential-port.ts'
import { createImageSetBytes } from '../service/image-set-bytes.ts'
import { createServiceAccess } from '../service/service-access.ts'
import { createRequestCounters } from '../timing/request-counts.ts'
import { type Clock, systemClock } from '../timing/clock.ts'
import type { AhiClient } from './ahi-client.ts'
import { createFrameRequests } from './frame-requests.ts'
import type { SharedAccess } from './shared-access.ts'

/** Reads frames and whole instances with the access that an `AhiClient` of another thread shared. */
export type FrameClient = Pick<AhiClient, 'getImageFrame' | 'streamImageFrame' | 'getDICOMInstance' | 'close'>

/** Options of {@link createFrameClient}. */
export interface FrameClientOptions {
  /** Memory to receive the bodies of `getImageFrame` into. Default: a new `ArrayBuffer` for each. */
  readonly memory?: ReceiveMemory | undefined
}

/**
 * Creates a client from shared access. The share ends when this client or the client that shared its access is closed.
 * It loads neither the AWS SDK nor the parser of metadata documents.
 *
 * @example
 * import { workerData } from 'node:worker_threads'
 * import { createFrameClient } from '@ahi-dicom/ahi-client/frames'
 *
 * const client = createFrameClient(workerData)
 * const { data } = await client.getImageFrame({ datastoreId, imageSetId, imageFrameId })
 * console.log(data.length)
 */
export function createFrameClient(access: SharedAccess, options: FrameClientOptions = {}): FrameClient {
  return createFrameClientOnClock(access, options, systemClock)
}

/** Creates a client as {@link createFrameClient} does, with the given clock. */
export function createFrameClientOnClock(access: SharedAccess, options: FrameClientOptions, clock: Clock): FrameClient {
  const { port, region, limits, memory } = access
  const clockOffset = createClockOffset(memory.clockOffset)
  const counterOf = createRequestCounters(memory.requestCounts)
  const target = {
    runtimeEndpoint: new URL(access.runtimeEndpoint),
    dicomEndpoint: new URL(access.dicomEndpoint),
    region,
    credentials: credentialsThrough(port),
    clockOffset,
    counterOf,
  }
  const service = createServiceAccess({
    connect: async (transport) => ({ bytes: createImageSetBytes(target, transport, limits) }),
    certificates: async () => access.certificates,
    limits,
    maxRates: access.maxRates,
    clock,
    prepare: () => target.credentials.get(),
    hostUrls: () => target,
    paceMemory: memory.pace,
    outageMemory: memory.outage,
    clockOffset,
    counterOf,
    memory: options.memory,
  })
  port.once('close', () => void service.close())
  return {
    ...createFrameRequests(service),
    close: async () => {
      port.close()
      await service.close()
    },
  }
}
