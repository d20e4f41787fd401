import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { InstanceFile, InstanceRequest, InstanceSource } from '@ahi-dicom/dicomizer'
import type { Budget } from './budget.ts'
import { countedBody } from './counted-body.ts'
import { WholeInstanceError } from './errors.ts'
import { errorCode } from './failure.ts'
import type { Received } from './received.ts'

/** What whole instances come from, within the shared limit of requests. */
export interface InstanceSupplyParts {
  readonly source: InstanceSource
  readonly requests: Budget
}

/** Supplies one instance as a whole: a file that passes through chunk by chunk. */
export interface InstanceSupply extends InstanceSource {
  /** Ends what is still under way, and gives its places back. */
  close(): void
}

/** Which instance, and who counts. */
export interface InstanceSupplyOptions {
  readonly instance: InstanceMetadata
  readonly received: Received
  /** Whether the caller wants no frames: missing permission then stops everything, and not this instance alone. */
  readonly isRequired: boolean
}

/** Makes the supply of one instance. Its frames count as received once all of the file has come. */
export function createInstanceSupply(
  { source, requests }: InstanceSupplyParts,
  { instance, received, isRequired }: InstanceSupplyOptions,
): InstanceSupply {
  const closing = new AbortController()

  async function request(wanted: InstanceRequest): Promise<InstanceFile> {
    try {
      return await source.getDICOMInstance(wanted)
    } catch (error) {
      throw !isRequired && errorCode(error) === 'AHI_ACCESS_DENIED' ? notPermitted(wanted) : error
    }
  }

  return {
    async getDICOMInstance(wanted) {
      const signal = wanted.signal === undefined ? closing.signal : AbortSignal.any([closing.signal, wanted.signal])
      return countedBody(requests.reserve(1, { signal }), () => request({ ...wanted, signal }), {
        signal,
        onBytes: (byteLength) => received.bytes(byteLength),
        onEnd() {
          for (const { ID: imageFrameId } of instance.ImageFrames) received.frame(imageFrameId, 0)
        },
      })
    },
    close: () => closing.abort(),
  }
}

/** Without its cause, which elsewhere means that no request will succeed. */
function notPermitted({ imageSetId }: InstanceRequest): WholeInstanceError {
  return new WholeInstanceError(imageSetId, 'permission is denied; allow medical-imaging:GetDICOMInstance')
}
