import { parentPort, workerData } from 'node:worker_threads'

import { createFrameClient, isAhiError, type SharedAccess } from '@ahi-dicom/ahi-client/frames'

/** The task of the thread. */
export interface Fetching {
  readonly access: SharedAccess
  readonly frame: { readonly datastoreId: string; readonly imageSetId: string }
  readonly imageFrameIds: readonly string[]
}

const { access, frame, imageFrameIds }: Fetching = workerData
const client = createFrameClient(access)
/** By frame id: the sum of the bytes, or the code of the error. */
const outcomes = await Promise.all(
  imageFrameIds.map(async (imageFrameId): Promise<[string, number | string]> => {
    try {
      const { data } = await client.getImageFrame({ ...frame, imageFrameId })
      return [imageFrameId, data.reduce((sum, byte) => sum + byte, 0)]
    } catch (error) {
      return [imageFrameId, isAhiError(error) ? error.code : String(error)]
    }
  }),
)
parentPort?.postMessage(Object.fromEntries(outcomes), [])
