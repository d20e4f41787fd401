import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import type { InstanceFile, InstanceRequest, InstanceSource } from '@ahi-dicom/dicomizer'
import { WholeInstanceError } from '../errors.ts'
import { errorCode } from '../failure/failure.ts'
import { observedBody } from './observed-body.ts'
import type { Received } from './received.ts'

/** Provides AHI's own file of one instance, chunk by chunk. */
export interface LaneInstanceSource extends InstanceSource {
  /** Aborts unfinished requests. */
  close(): void
}

/** Options of {@link createLaneInstanceSource}. */
export interface LaneInstanceSourceOptions {
  readonly instance: InstanceMetadata
  readonly received: Received
  /**
   * True if pixels come only from whole instances. Missing permission then ends the job instead of failing this
   * instance.
   */
  readonly isRequired: boolean
}

/** Creates the source of one instance. Its frames count as received once the whole file has arrived. */
export function createLaneInstanceSource(
  source: InstanceSource,
  { instance, received, isRequired }: LaneInstanceSourceOptions,
): LaneInstanceSource {
  // Creates the controller on first use. Few whole instances are requested, and a signal costs more than exporting a
  // small instance.
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

/** Leaves out the cause: AHI_ACCESS_DENIED as a cause would end the job. */
function notPermitted({ imageSetId }: InstanceRequest): WholeInstanceError {
  return new WholeInstanceError(imageSetId, 'permission is denied; allow medical-imaging:GetDICOMInstance')
}
