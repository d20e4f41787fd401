import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { InstanceFile, InstanceRequest, InstanceSource } from '@ahi-dicom/dicomizer'
import { WholeInstanceError } from '../errors.ts'
import { errorCode } from '../failure/failure.ts'
import { observedBody } from './observed-body.ts'
import type { Received } from './received.ts'

/** Gives one instance as a whole: a file that passes through chunk by chunk. */
export interface LaneInstanceSource extends InstanceSource {
  /** Ends what is still under way. */
  close(): void
}

/** Options of {@link createLaneInstanceSource}. */
export interface LaneInstanceSourceOptions {
  readonly instance: InstanceMetadata
  readonly received: Received
  /** Whether the caller wants no frames: missing permission then stops everything, and not this instance alone. */
  readonly isRequired: boolean
}

/** Makes the source of one instance. Its frames count as received once all of the file has come. */
export function createLaneInstanceSource(
  source: InstanceSource,
  { instance, received, isRequired }: LaneInstanceSourceOptions,
): LaneInstanceSource {
  // Few instances are asked for as a whole, and a signal costs more than the rest of a small instance.
  let closing: AbortController | undefined

  async function request(wanted: InstanceRequest): Promise<InstanceFile> {
    try {
      return await source.getDICOMInstance(wanted)
    } catch (error) {
      throw !isRequired && errorCode(error) === 'AHI_ACCESS_DENIED' ? notPermitted(wanted) : error
    }
  }

  return {
    async getDICOMInstance(wanted) {
      closing ??= new AbortController()
      const signal = wanted.signal === undefined ? closing.signal : AbortSignal.any([closing.signal, wanted.signal])
      return observedBody(await request({ ...wanted, signal }), {
        onBytes: (chunk) => received.bytes(chunk),
        onEnd() {
          for (const { ID: imageFrameId } of instance.ImageFrames) received.frame(imageFrameId, 0)
        },
      })
    },
    close: () => closing?.abort(),
  }
}

/** Without its cause, which elsewhere means that no request will succeed. */
function notPermitted({ imageSetId }: InstanceRequest): WholeInstanceError {
  return new WholeInstanceError(imageSetId, 'permission is denied; allow medical-imaging:GetDICOMInstance')
}
