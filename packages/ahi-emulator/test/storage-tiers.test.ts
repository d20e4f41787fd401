import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CopyImageSetCommand,
  DeleteImageSetCommand,
  GetImageFrameCommand,
  GetImageSetCommand,
  GetImageSetMetadataCommand,
  ListImageSetVersionsCommand,
  MedicalImagingClient,
  SearchImageSetsCommand,
  UpdateImageSetMetadataCommand,
} from '@aws-sdk/client-medical-imaging'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { importAlone, instancesOf, metadataOf, type ImageSetPlace } from './support/client.ts'
import { datastoreUrl, get, instanceUrl } from './support/dicomweb.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

/** Rules of the developer guide, "Understanding storage tiers" and "Cost optimization". */
const dayMs = 24 * 60 * 60 * 1000
const start = Date.UTC(2026, 0, 1)

let time = start
let data: string
let emulator: Emulator
let client: MedicalImagingClient
let place: ImageSetPlace

beforeEach(async () => {
  time = start
  data = await mkdtemp(join(tmpdir(), 'ahi-emulator-test-'))
  await open()
  place = await importAlone(emulator, [secondaryCapture()])
})

afterEach(async () => {
  await emulator.close()
  await rm(data, { recursive: true })
})

async function open(): Promise<void> {
  emulator = await startEmulator({ data, now: () => time })
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
  client = new MedicalImagingClient({
    endpoint: emulator.endpoint,
    region: 'us-east-1',
    credentials,
    disableHostPrefix: true,
  })
}

async function tier(
  of: Pick<ImageSetPlace, 'datastoreId' | 'imageSetId'> = place,
): Promise<[string | undefined, number | undefined]> {
  const { datastoreId, imageSetId } = of
  const { storageTier, lastAccessedAt } = await client.send(new GetImageSetCommand({ datastoreId, imageSetId }))
  return [storageTier, lastAccessedAt?.getTime()]
}

async function frameId(): Promise<string> {
  return instancesOf(await metadataOf(place))[0]?.ImageFrames[0]?.ID ?? ''
}

test('archives an image set after 30 days without access', async () => {
  time = start + 30 * dayMs - 1
  expect(await tier()).toEqual(['FREQUENT_ACCESS', start])
  time += 1
  expect(await tier()).toEqual(['ARCHIVE_INSTANT_ACCESS', start])
  const { datastoreId, imageSetId } = place
  const search = new SearchImageSetsCommand({ datastoreId, searchCriteria: {} })
  const { imageSetsMetadataSummaries } = await client.send(search)
  expect(imageSetsMetadataSummaries).toMatchObject([
    { imageSetId, storageTier: 'ARCHIVE_INSTANT_ACCESS', lastAccessedAt: new Date(start) },
  ])
})

test('does not count reading anything but metadata and pixels as access', async () => {
  const path = await instanceUrl(place)
  await frameId()
  time = start + 31 * dayMs
  await tier()
  const { datastoreId, imageSetId } = place
  await client.send(new SearchImageSetsCommand({ datastoreId, searchCriteria: {} }))
  await client.send(new ListImageSetVersionsCommand({ datastoreId, imageSetId }))
  await get(`${datastoreUrl(place)}/studies`)
  await get(`${datastoreUrl(place)}/instances`)
  expect((await tier())[0]).toBe('ARCHIVE_INSTANT_ACCESS')
  expect(path).toContain(datastoreId)
})

test.each<[string, () => Promise<unknown>]>([
  ['GetImageSetMetadata', () => client.send(new GetImageSetMetadataCommand(place))],
  [
    'GetImageFrame',
    async () => {
      const imageFrameInformation = { imageFrameId: await frameId() }
      return client.send(new GetImageFrameCommand({ ...place, imageFrameInformation }))
    },
  ],
  ['GetDICOMInstance', async () => get(await instanceUrl(place))],
  ['GetDICOMInstanceMetadata', async () => get(`${await instanceUrl(place)}/metadata`)],
  ['GetDICOMInstanceFrames', async () => get(`${await instanceUrl(place)}/frames/1`)],
  ['UpdateImageSetMetadata', update],
])('%s restores an archived image set', async (_, touch) => {
  time = start + 40 * dayMs
  expect((await tier())[0]).toBe('ARCHIVE_INSTANT_ACCESS')
  await touch()
  expect(await tier()).toEqual(['FREQUENT_ACCESS', time])
})

async function update(): Promise<void> {
  const updatable = { SchemaVersion: 1.1, Study: { DICOM: { StudyDescription: 'new' } } }
  const DICOMUpdates = { updatableAttributes: Buffer.from(JSON.stringify(updatable)) }
  await client.send(
    new UpdateImageSetMetadataCommand({
      ...place,
      latestVersionId: '1',
      updateImageSetMetadataUpdates: { DICOMUpdates },
    }),
  )
}

test('keeps the source of a copy archived, but not the copy', async () => {
  time = start + 40 * dayMs
  const { datastoreId, imageSetId: sourceImageSetId } = place
  const copyImageSetInformation = { sourceImageSet: { latestVersionId: '1' } }
  const copy = new CopyImageSetCommand({ datastoreId, sourceImageSetId, copyImageSetInformation })
  const { destinationImageSetProperties } = await client.send(copy)
  const imageSetId = destinationImageSetProperties?.imageSetId ?? ''
  await expect.poll(() => tier({ datastoreId, imageSetId })).toEqual(['FREQUENT_ACCESS', time])
  expect(await tier()).toEqual(['ARCHIVE_INSTANT_ACCESS', start])
})

test('uses the time of deletion as the last access of a deleted image set', async () => {
  time = start + dayMs
  await metadataOf(place)
  time = start + 2 * dayMs
  const { datastoreId, imageSetId } = place
  await client.send(new DeleteImageSetCommand({ datastoreId, imageSetId }))
  await expect.poll(() => tier()).toEqual(['FREQUENT_ACCESS', time])
  time = start + 32 * dayMs
  expect(await tier()).toEqual(['ARCHIVE_INSTANT_ACCESS', start + 2 * dayMs])
})

test('keeps the time of the last access after a restart', async () => {
  time = start + 10 * dayMs
  await metadataOf(place)
  await emulator.close()
  await open()
  time = start + 39 * dayMs
  expect(await tier()).toEqual(['FREQUENT_ACCESS', start + 10 * dayMs])
})
