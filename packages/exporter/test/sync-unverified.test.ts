import { createFormats } from '@ahi-dicom/export-files'
import { createExporter, type ExportSummary, type SyncOptions } from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import { clientDouble, decoderDouble, type ClientDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, type RecordingDestination } from './doubles/recording-destination.ts'

const imageSetId = 'a'.repeat(32)
const whole = makeImageSet({ imageSetId, instances: { '1.1': {}, '1.2': { frames: 2 }, '1.3': {} } })
/** Several files for each instance. It must count once. */
const formats = createFormats(['dcm', 'png'])

/** Returns a client. The frames of its first two instances have no checksum. */
function withoutChecksums(): ClientDouble {
  const metadata = structuredClone(whole.metadata)
  const instances = Object.values(metadata.Study.Series).flatMap(({ Instances }) => Object.values(Instances))
  for (const { ImageFrames } of instances.slice(0, 2)) {
    for (const frame of ImageFrames) delete frame.PixelDataChecksumFromBaseToFullResolution
  }
  return clientDouble([{ ...whole, metadata }])
}

async function sync(
  client: ClientDouble,
  earlier?: RecordingDestination,
  options: Partial<SyncOptions> = {},
): Promise<{ readonly destination: RecordingDestination; readonly summary: ExportSummary }> {
  const destination = recordingDestination({}, earlier)
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  const job = { datastoreId, selectors: 'all', layout: flatLayout, formats, destination } as const
  return { destination, summary: await exporter.sync({ ...job, ...options }) }
}

test('a sync of unchanged image sets reports how many instances are unverified', async () => {
  const client = withoutChecksums()
  const first = await sync(client)
  expect(first.summary).toMatchObject({ outcome: 'unverified', instances: { written: 3 }, unverifiedInstances: 2 })
  for (const dryRun of [true, false]) {
    const again = await sync(client, first.destination, { dryRun })
    expect(again.summary).toMatchObject({
      outcome: 'unverified',
      instances: { selected: 3, skipped: 3, written: 0 },
      unverifiedInstances: 2,
      uncheckedInstances: 0,
      sync: { imageSets: { unchanged: 1 } },
    })
  }
  expect(client.requests.metadata).toHaveLength(1)
})

test('a sync without verification reports how many instances are unchecked', async () => {
  const client = clientDouble([whole])
  const stored = { transferSyntax: 'stored', formats: createFormats(['dcm']) } as const
  const unchecked = { ...stored, verifyFrames: false }
  const first = await sync(client, undefined, unchecked)
  const again = await sync(client, first.destination, unchecked)
  expect(again.summary).toMatchObject({ outcome: 'complete', instances: { skipped: 3 }, uncheckedInstances: 3 })
  const verified = await sync(client, first.destination, stored)
  expect(verified.summary).toMatchObject({ outcome: 'complete', instances: { written: 3 }, uncheckedInstances: 0 })
  const last = await sync(client, first.destination, stored)
  expect(last.summary).toMatchObject({ outcome: 'complete', instances: { skipped: 3 }, uncheckedInstances: 0 })
})
