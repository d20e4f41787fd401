import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { call, importAlone, type ImageSetPlace } from './support/client.ts'
import { datastoreUrl, errorOf, getJson } from './support/dicomweb.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

/**
 * The developer guide, "Warning codes": warnings are searchable by SearchDICOMInstances with WarningReason (0008,1196).
 */
const warningTag = '00081196'
const uidTag = '00080018'

let emulator: Emulator
let place: ImageSetPlace

const damaged = secondaryCapture({ SOPInstanceUID: '2.25.2', Rows: 3, InstanceNumber: '2' })
/** The first instance's description is kept. */
const coerced = secondaryCapture({ SOPInstanceUID: '2.25.3', SeriesDescription: 'other', InstanceNumber: '3' })
const both = secondaryCapture({ SOPInstanceUID: '2.25.4', Rows: 3, SeriesDescription: 'other', InstanceNumber: '4' })

beforeAll(async () => {
  emulator = await startEmulator()
  const first = secondaryCapture({ SOPInstanceUID: '2.25.1', SeriesDescription: 'first', InstanceNumber: '1' })
  place = await importAlone(emulator, [first, damaged, coerced, both])
})

afterAll(() => emulator.close())

async function found(path: string): Promise<unknown[]> {
  const results = await getJson(`${datastoreUrl(place)}/${path}`)
  return results.map((result) => [valueOf(result, uidTag), valueOf(result, warningTag)])
}

function valueOf(result: Record<string, unknown>, tag: string): unknown {
  const { Value } = Object(result[tag] ?? {})
  return Value?.[0]
}

test.each([
  [
    'instances',
    [
      ['2.25.1', undefined],
      ['2.25.2', 45328],
      ['2.25.3', 45056],
      ['2.25.4', 45328],
    ],
  ],
  [
    'instances?WarningReason=45328',
    [
      ['2.25.2', 45328],
      ['2.25.4', 45328],
    ],
  ],
  [
    'instances?00081196=45056',
    [
      ['2.25.3', 45056],
      ['2.25.4', 45328],
    ],
  ],
  ['instances?WarningReason=45328&limit=1&offset=1', [['2.25.4', 45328]]],
  ['instances?WarningReason=45330', []],
  [
    'studies/2.25.10/instances?WarningReason=45056',
    [
      ['2.25.3', 45056],
      ['2.25.4', 45328],
    ],
  ],
  [
    'studies/2.25.10/series/2.25.100/instances?WarningReason=45056',
    [
      ['2.25.3', 45056],
      ['2.25.4', 45328],
    ],
  ],
])('finds instances by their warnings: %s', async (path, expected) => {
  expect(await found(path)).toEqual(expected)
})

test('is not a match key of studies and series, and must be a number', async () => {
  for (const path of ['studies?WarningReason=1', 'series?WarningReason=1', 'instances?WarningReason=x']) {
    expect(await errorOf(`${datastoreUrl(place)}/${path}`)).toMatchObject({ status: 400, code: 'ValidationException' })
  }
})

test('removes the warning if an instance is imported again without a fault, and copies it with the image set', async () => {
  const { datastoreId, endpoint } = place
  const sound = secondaryCapture({ SOPInstanceUID: '2.25.2', SeriesDescription: 'first', InstanceNumber: '2' })
  await emulator.importDicom([sound], { datastoreId })
  expect(await found('instances?WarningReason=45328')).toEqual([['2.25.4', 45328]])
  const body = { sourceImageSet: { latestVersionId: '2' } }
  const path = `/datastore/${datastoreId}/imageSet/${place.imageSetId}/copyImageSet`
  const { json } = await call(endpoint, path, { body })
  const { imageSetId } = Object(json['destinationImageSetProperties'])
  const imageSet = `/datastore/${datastoreId}/imageSet`
  await expect
    .poll(async () => (await call(endpoint, `${imageSet}/${imageSetId}/getImageSet`)).json['imageSetState'])
    .toBe('ACTIVE')
  await call(endpoint, `${imageSet}/${place.imageSetId}/deleteImageSet`)
  await expect.poll(async () => (await found('instances')).length).toBe(0)
  const promote = { sourceImageSet: { latestVersionId: '1' } }
  await call(endpoint, `${imageSet}/${imageSetId}/copyImageSet?promoteToPrimary=true`, { body: promote })
  await expect.poll(() => found('instances?WarningReason=45328')).toEqual([['2.25.4', 45328]])
})
