import { createAhiClient } from '@ahi-dicom/ahi-client'
import { imageSetInstances, serializeImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { openAhi } from '@ahi-dicom/example-local-ahi'

interface ImageSet {
  /** The document of GetImageSetMetadata. */
  readonly metadata: Uint8Array | string
  /** The bodies of GetImageFrame. */
  readonly frames: readonly { readonly imageFrameId: string; readonly data: Uint8Array }[]
}

/** Fetches the image set of a study that has most frames. A page would ask a server of yours, which has the credentials. */
export async function fetchImageSet(): Promise<ImageSet> {
  const ahi = await openAhi()
  const client = createAhiClient(ahi.connection)
  const { datastoreId, studyInstanceUid } = ahi
  let found: ImageSet = { metadata: '', frames: [] }
  try {
    for await (const { imageSetId } of client.searchImageSets({ datastoreId, filters: { studyInstanceUid } })) {
      const metadata = await client.getImageSetMetadata({ datastoreId, imageSetId })
      const ids = [...imageSetInstances(metadata)].flatMap(({ instance }) => instance.ImageFrames.map(({ ID }) => ID))
      if (ids.length <= found.frames.length) continue
      const frames = ids.map(async (imageFrameId) => {
        const { data } = await client.getImageFrame({ datastoreId, imageSetId, imageFrameId })
        return { imageFrameId, data }
      })
      found = { metadata: serializeImageSetMetadata(metadata), frames: await Promise.all(frames) }
    }
    return found
  } finally {
    await client.close()
    await ahi.close()
  }
}
