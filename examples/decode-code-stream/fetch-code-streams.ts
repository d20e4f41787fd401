import { createAhiClient, type AhiClient } from '@ahi-dicom/ahi-client'
import { imageSetInstances } from '@ahi-dicom/ahi-metadata'
import { openAhi, type Ahi } from '@ahi-dicom/example-local-ahi'

/** Fetches the frames of the study's largest image set in AHI's stored form: something to decode. */
export async function fetchCodeStreams(): Promise<Uint8Array<ArrayBuffer>[]> {
  const ahi = await openAhi()
  const client = createAhiClient(ahi.connection)
  try {
    const { datastoreId } = ahi
    const { imageSetId, imageFrameIds } = await findFrames(client, ahi)
    const frames = await Promise.all(
      imageFrameIds.map((imageFrameId) => client.getImageFrame({ datastoreId, imageSetId, imageFrameId })),
    )
    return frames.map(({ data }) => data)
  } finally {
    await client.close()
    await ahi.close()
  }
}

interface Frames {
  readonly imageSetId: string
  readonly imageFrameIds: readonly string[]
}

async function findFrames(client: AhiClient, { datastoreId, studyInstanceUid }: Ahi): Promise<Frames> {
  let found: Frames = { imageSetId: '', imageFrameIds: [] }
  for await (const { imageSetId } of client.searchImageSets({ datastoreId, filters: { studyInstanceUid } })) {
    const metadata = await client.getImageSetMetadata({ datastoreId, imageSetId })
    const frames = [...imageSetInstances(metadata)].flatMap(({ instance }) => instance.ImageFrames)
    if (frames.length > found.imageFrameIds.length) found = { imageSetId, imageFrameIds: frames.map(({ ID }) => ID) }
  }
  return found
}
