import { expect, test } from 'vitest'

import { imageSetInstances } from '@ahi-dicom/ahi-metadata'

import { createAhiClient } from '@ahi-dicom/ahi-client'

// REMOTE=1 AHI_DATASTORE_ID=… reads one frame from the real service, with the AWS settings of the environment.
const datastoreId = process.env['AHI_DATASTORE_ID']
const remote = process.env['REMOTE'] === '1' && datastoreId !== undefined
if (!remote) console.log('skipped: the real service, which needs REMOTE=1 and AHI_DATASTORE_ID')

test.skipIf(!remote)('reads from the real service', async () => {
  if (datastoreId === undefined) return
  await using client = createAhiClient()
  expect(await client.getDatastore({ datastoreId })).toMatchObject({ datastoreId, datastoreStatus: 'ACTIVE' })
  for await (const { imageSetId } of client.searchImageSets({ datastoreId })) {
    const metadata = await client.getImageSetMetadata({ datastoreId, imageSetId })
    for (const { instance } of imageSetInstances(metadata)) {
      const imageFrameId = instance.ImageFrames[0]?.ID
      if (imageFrameId === undefined) continue
      const { data } = await client.getImageFrame({ datastoreId, imageSetId, imageFrameId })
      expect(data.length).toBeGreaterThan(0)
      return
    }
  }
})
