import {
  createExporter,
  equalsFilter,
  type ErrorEntry,
  type SelectedVersion,
  type SelectImageSetsOptions,
} from '@ahi-dicom/exporter'
import { expect, test } from 'vitest'
import { AhiErrorDouble, clientDouble, type ClientDouble, type ClientFaults } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'

const id = (letter: string): string => letter.repeat(32)
const at = (day: number): Date => new Date(Date.UTC(2026, 0, day))
const imageSets = [
  makeImageSet({ imageSetId: id('a'), updatedAt: at(3), versionId: '7', instances: { '1.1': {} } }),
  makeImageSet({ imageSetId: id('b'), updatedAt: at(2), isPrimary: false, instances: { '1.2': {} } }),
  makeImageSet({
    imageSetId: id('c'),
    updatedAt: at(1),
    studyInstanceUid: '2.2',
    seriesInstanceUid: '2.2.1',
    instances: {},
  }),
]

interface Run {
  readonly selected: readonly SelectedVersion[]
  readonly failures: readonly ErrorEntry[]
  readonly client: ClientDouble
}

async function run(options: Partial<SelectImageSetsOptions>, faults: ClientFaults = {}): Promise<Run> {
  const client = clientDouble(imageSets, faults)
  await using exporter = createExporter({ client })
  const failures: ErrorEntry[] = []
  const onFailure = (failure: ErrorEntry): void => void failures.push(failure)
  const selection = exporter.selectImageSets({ datastoreId, selectors: 'all', onFailure, ...options })
  const selected: SelectedVersion[] = []
  for await (const imageSet of selection) selected.push(imageSet)
  return { selected, failures, client }
}

const a = {
  imageSetId: id('a'),
  versionId: '7',
  studyInstanceUid: '1.2.3',
  seriesInstanceUid: '1.2.3.4',
  selectors: [],
}
const b = { ...a, imageSetId: id('b'), versionId: '1' }
const c = { ...b, imageSetId: id('c'), studyInstanceUid: '2.2', seriesInstanceUid: '2.2.1' }

test('selects everything in the order of an export, without reading a document', async () => {
  const { selected, client } = await run({ nonPrimary: 'include' })
  expect(selected).toEqual([a, c, b])
  expect(client.requests.metadata).toEqual([])
})

test('an image set comes with the selectors that name a part of it', async () => {
  const series = { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4' }
  const [one, two] = ['1.1', '9.9'].map((sopInstanceUid) => ({ ...series, sopInstanceUid }))
  const selectors = [one, two, { ...series, seriesInstanceUid: '1.2.3.5', sopInstanceUid: '1.1' }, '2.2'].flatMap(
    (selector) => selector ?? [],
  )
  const { selected, failures } = await run({ selectors })
  expect(selected).toEqual([{ ...a, selectors: [one, two] }, c])
  expect(failures).toMatchObject([{ code: 'NOTHING_SELECTED', seriesInstanceUid: '1.2.3.5' }])
  // A selector of the whole image set makes the others unnecessary.
  expect((await run({ selectors: [...selectors, '1.2.3'] })).selected).toEqual([a, c])
})

test('an image set comes once if a list names its latest version and a part of it', async () => {
  const part = { studyInstanceUid: '1.2.3', seriesInstanceUid: '1.2.3.4', sopInstanceUid: '9.9' }
  const { selected } = await run({ selectors: [part, { imageSetId: id('a'), versionId: '7' }, id('a')] })
  expect(selected).toEqual([a])
  const older = await run({ selectors: [part, { imageSetId: id('a'), versionId: '6' }] })
  expect(older.selected.map(({ versionId, selectors }) => ({ versionId, selectors }))).toEqual([
    { versionId: '7', selectors: [part] },
    { versionId: '6', selectors: [] },
  ])
})

test('an image set named by its id has the latest version, or the named one', async () => {
  const { selected, client } = await run({ selectors: [id('a'), { imageSetId: id('c'), versionId: '3' }] })
  const unknown = { studyInstanceUid: undefined, seriesInstanceUid: undefined, selectors: [] }
  expect(selected).toEqual([
    { imageSetId: id('a'), versionId: '7', ...unknown },
    { imageSetId: id('c'), versionId: '3', ...unknown },
  ])
  expect(client.requests.metadata).toEqual([])
})

test('an image set named by its id that is not primary lists the image sets of the same series', async () => {
  const { selected, client } = await run({ selectors: [id('b'), id('a')] })
  expect(selected).toEqual([
    { ...a, studyInstanceUid: undefined, seriesInstanceUid: undefined },
    { ...b, sameSeries: [id('a'), id('b')] },
  ])
  expect(client.requests.metadata).toHaveLength(1)
})

test('filters apply if a search can decide them', async () => {
  const filters = [equalsFilter('SeriesInstanceUID', ['2.2.1'])]
  expect((await run({ filters })).selected).toEqual([c])
  const ofDocument = [{ name: 'none', matches: () => false }]
  expect((await run({ filters: ofDocument })).selected).toEqual([a, c])
})

const search = (code: string) => () => Promise.reject(new AhiErrorDouble(code))

test('failures are reported, and thrown if they are fatal or there is no callback', async () => {
  const { selected, failures } = await run({ selectors: ['a/b/c/d', '3.3', '2.2', id('x')] })
  expect(selected).toEqual([c])
  expect(failures.map(({ code }) => code)).toEqual(['SELECTOR_MALFORMED', 'NOTHING_SELECTED', 'NOTHING_SELECTED'])
  await expect(run({ selectors: ['3.3'], onFailure: undefined })).rejects.toMatchObject({ code: 'NOTHING_SELECTED' })
  expect((await run({ selectors: ['3.3'] }, { search: search('AHI_TIMEOUT') })).failures).toMatchObject([
    { code: 'AHI_TIMEOUT', studyInstanceUid: '3.3' },
  ])
  await expect(run({}, { search: search('AHI_CREDENTIALS') })).rejects.toMatchObject({ code: 'AHI_CREDENTIALS' })
})

test('ends when the signal aborts', async () => {
  await expect(run({ signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough')
})
