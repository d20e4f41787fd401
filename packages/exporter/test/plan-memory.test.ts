import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createExporter, type ExporterClient } from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import { clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet, type ImageSetDouble } from './doubles/image-sets.ts'

const imageSetCount = 4000
/** Bytes of text in each document. */
const documentBytes = 50_000

function imageSet(index: number): ImageSetDouble {
  return makeImageSet({
    imageSetId: String(index).padStart(32, '0'),
    studyInstanceUid: `1.2.${index}`,
    seriesInstanceUid: `1.2.${index}.1`,
    instances: { [`1.2.${index}.1.1`]: {} },
  })
}

/** Returns a data store that creates documents on request and does not keep them. */
function largeDataStore(): ExporterClient {
  return {
    ...clientDouble([]),
    async *searchImageSets() {
      for (let index = 0; index < imageSetCount; index++)
        yield* clientDouble([imageSet(index)]).searchImageSets({ datastoreId })
    },
    async getImageSetMetadata({ imageSetId }) {
      const { metadata } = imageSet(Number(imageSetId))
      const text = imageSetId.repeat(Math.ceil(documentBytes / imageSetId.length))
      return { ...metadata, Patient: { DICOM: { PatientID: Buffer.from(text).toString('latin1') } } }
    },
  }
}

function collectGarbage(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

test('memory does not grow with the number of documents', async () => {
  await using exporter = createExporter({ client: largeDataStore(), frameDecoder: decoderDouble() })
  let seen = 0
  let early = 0
  let late = 0
  const plan = await exporter.plan({
    datastoreId,
    selectors: 'all',
    onImageSet() {
      seen += 1
      if (seen === imageSetCount / 4) early = collectGarbage()
      if (seen === imageSetCount) late = collectGarbage()
    },
  })
  expect(plan).toMatchObject({ instances: imageSetCount, studies: imageSetCount, series: imageSetCount })
  // The documents alone would take 150 MB.
  expect(late - early).toBeLessThan(10e6)
})
