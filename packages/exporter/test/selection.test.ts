import { createAhiClient, type ImageSetSummary } from '@ahi-dicom/ahi-client'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import {
  createExporter,
  describeSelection,
  equalsFilter,
  excludeFilter,
  parseFilter,
  type ExportOptions,
  type ExportSummary,
  type InstanceFilter,
  type SelectionOptions,
  NothingSelectedError,
} from '@ahi-dicom/exporter'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AhiErrorDouble, clientDouble, decoderDouble } from './doubles/client.ts'
import { datastoreId, makeImageSet } from './doubles/image-sets.ts'
import { flatLayout, recordingDestination, type RecordingDestination } from './doubles/recording-destination.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const report = '1.2.840.10008.5.1.4.1.1.88.11'

interface FileSpec {
  readonly study: string
  readonly series: string
  readonly instance: string
  readonly attributes?: Readonly<Record<string, string | readonly string[]>>
}

function file({ study, series, instance, attributes = {} }: FileSpec): Uint8Array {
  const uids = { StudyInstanceUID: study, SeriesInstanceUID: series, SOPInstanceUID: instance, SOPClassUID: report }
  const level = { PatientID: 'A', Modality: 'SR', StudyDate: '20240229', AccessionNumber: 'N1' }
  return encodePart10({ attributes: { ...level, ...uids, ...attributes } })
}

let emulator: Emulator
/** Image set ids by series. */
const ids: Record<string, string> = {}

beforeAll(async () => {
  emulator = await startEmulator()
  const { endpoint } = emulator
  await emulator.importDicom([
    file({ study: '1.2', series: '1.2.1', instance: '1.2.1.1', attributes: { InstanceNumber: '1' } }),
    file({ study: '1.2', series: '1.2.1', instance: '1.2.1.2', attributes: { InstanceNumber: '2' } }),
    file({ study: '1.2', series: '1.2.2', instance: '1.2.2.1', attributes: { Modality: 'KO', InstanceNumber: '7' } }),
    file({ study: '1.3', series: '1.3.1', instance: '1.3.1.1', attributes: { PatientID: 'B', StudyDate: '20250101' } }),
    file({ study: '1', series: '01.2', instance: '1' }),
    file({ study: '1..5', series: '.7', instance: '8.', attributes: { PatientID: 'odd' } }),
  ])
  for (const { seriesInstanceUid = '', imageSetId } of await summaries(endpoint)) ids[seriesInstanceUid] = imageSetId
})
afterAll(() => emulator.close())

async function summaries(endpoint: string): Promise<ImageSetSummary[]> {
  await using client = createAhiClient({ endpoint, region: 'us-east-1', credentials })
  const found: ImageSetSummary[] = []
  for await (const summary of client.searchImageSets({ datastoreId: emulator.datastoreId })) found.push(summary)
  return found
}

interface Run {
  readonly summary: ExportSummary
  readonly destination: RecordingDestination
  /** Requests by operation. */
  readonly requests: Readonly<Record<string, number>>
  /** SOPInstanceUIDs, sorted. */
  readonly written: readonly string[]
}

async function run(options: Partial<ExportOptions>): Promise<Run> {
  const destination = recordingDestination()
  emulator.resetCounters()
  await using exporter = createExporter({ endpoint: emulator.endpoint, region: 'us-east-1', credentials })
  const summary = await exporter.exportTo({
    datastoreId: emulator.datastoreId,
    selectors: 'all',
    destination,
    layout: flatLayout,
    ...options,
  })
  const requests = Object.entries(emulator.counters().requests).map(([operation, byStatus]) => [
    operation,
    Object.values(byStatus).reduce((sum, count) => sum + count, 0),
  ])
  const written = destination.manifest.map(({ sopInstanceUid }) => sopInstanceUid).sort()
  return { summary, destination, requests: Object.fromEntries(requests), written }
}

const everything = ['1', '1.2.1.1', '1.2.1.2', '1.2.2.1', '1.3.1.1', '8.']

/** The expected deciding step comes from docs/selection.md. The files are those above. */
describe('filters over the whole data store', () => {
  test.each([
    ['PatientID=B', ['1.3.1.1'], 'search', 1],
    ['AccessionNumber=N1', undefined, 'search', 5],
    ['StudyInstanceUID=1.3', ['1.3.1.1'], 'search', 1],
    ['SeriesInstanceUID=1.2.2', ['1.2.2.1'], 'search', 1],
    ['StudyDate=20250101', ['1.3.1.1'], 'search', 1],
    ['StudyDate=2024', ['1', '1.2.1.1', '1.2.1.2', '1.2.2.1', '8.'], 'search', 4],
    ['StudyDate>20240229', ['1.3.1.1'], 'search', 1],
    ['updatedAt>=2000-01-01', undefined, 'search', 5],
    ['createdAt<2000-01-01', [], 'search', 0],
    ['Modality=KO', ['1.2.2.1'], 'summary', 1],
    ['PatientID=B*', ['1.3.1.1'], 'summary', 1],
    ['PatientID=B,C', ['1.3.1.1'], 'summary', 1],
    ['PatientID!=A', ['1.3.1.1', '8.'], 'summary', 2],
    ['StudyInstanceUID=1..5', ['8.'], 'summary', 1],
    ['InstanceNumber>1', ['1.2.1.2', '1.2.2.1'], 'document', 5],
    ['SOPInstanceUID=1.2.1.?', ['1.2.1.1', '1.2.1.2'], 'document', 5],
  ])('%s', async (text, expected, decidedBy, documents) => {
    const filters = [parseFilter(text)]
    const { written, requests, summary } = await run({ filters })
    expect(written).toEqual(expected ?? everything)
    expect(summary.outcome).toBe(written.length === 0 ? 'nothing-selected' : 'complete')
    expect(requests['GetImageSetMetadata'] ?? 0).toBe(documents)
    expect(requests['SearchImageSets']).toBe(1)
    expect(describeSelection({ selectors: 'all', filters }).filters).toEqual([{ name: text, decidedBy }])
  })

  test('image sets without a matching instance are not counted as selected', async () => {
    const { summary, requests } = await run({ filters: [parseFilter('InstanceNumber>1')] })
    expect(requests['GetImageSetMetadata']).toBe(5)
    expect(summary.imageSets).toEqual({ selected: 2, failed: 0 })
  })

  test('all filters must match', async () => {
    const filters = ['PatientID=A', 'Modality=SR', 'InstanceNumber>1', 'StudyDate<2025'].map(parseFilter)
    const { written, requests } = await run({ filters })
    expect(written).toEqual(['1.2.1.2'])
    expect(requests).toMatchObject({ SearchImageSets: 1, GetImageSetMetadata: 2 })
    expect(describeSelection({ selectors: 'all', filters })).toMatchObject({
      search: { patientId: 'A', studyDateTime: { to: '20241231' } },
      filters: [{ decidedBy: 'search' }, { decidedBy: 'summary' }, { decidedBy: 'document' }, { decidedBy: 'search' }],
    })
  })

  test('one equality is searched for, and ranges of one attribute together', () => {
    const texts = ['PatientID=A', 'StudyID=7', 'StudyDate>=2024', 'StudyDate<=2024-06', 'updatedAt>2024']
    const { search, filters } = describeSelection({ selectors: 'all', filters: texts.map(parseFilter) })
    expect(search).toEqual({ studyId: '7', studyDateTime: { from: '20240101', to: '20240630' } })
    expect(filters.map(({ decidedBy }) => decidedBy)).toEqual(['summary', 'search', 'search', 'search', 'summary'])
  })

  test('excluded instances are left out', async () => {
    const excluded = ['Modality=KO', '1..5', '1.2/1.2.1/1.2.1.1', ids['01.2'] ?? '']
    const { written, requests } = await run({ filters: excluded.map(excludeFilter) })
    expect(written).toEqual(['1.2.1.2', '1.3.1.1'])
    expect(requests['GetImageSetMetadata']).toBe(2)
  })

  test('an excluded study needs no document', async () => {
    const { written, requests } = await run({ filters: [excludeFilter('1.2')] })
    expect(written).toEqual(['1', '1.3.1.1', '8.'])
    expect(requests['GetImageSetMetadata']).toBe(3)
  })
})

test('a custom filter decides at the steps that it implements', async () => {
  const asked: string[] = []
  const filter: InstanceFilter = {
    name: 'of the test',
    search: { patientId: 'A' },
    matchesSummary({ seriesInstanceUid = '' }) {
      asked.push(seriesInstanceUid)
      return seriesInstanceUid === '1.2.1' ? undefined : seriesInstanceUid === '1.2.2'
    },
    matches: ({ instance }) => instance.DICOM['InstanceNumber'] === '2 ',
  }
  const { written, requests } = await run({ filters: [filter] })
  expect(written).toEqual(['1.2.1.2', '1.2.2.1'])
  expect(requests).toMatchObject({ SearchImageSets: 1, GetImageSetMetadata: 2 })
  expect(asked.toSorted()).toEqual(['01.2', '1.2.1', '1.2.2'])
})

describe('filters of named studies and image sets', () => {
  test('summaries decide for a study, documents for an image set', async () => {
    const filters = [equalsFilter('Modality', ['KO'])]
    const selectors = ['1.2', ids['1.3.1'] ?? '']
    const { written, requests, summary } = await run({ selectors, filters })
    expect(written).toEqual(['1.2.2.1'])
    expect(requests).toMatchObject({ SearchImageSets: 1, GetImageSet: 1, GetImageSetMetadata: 2 })
    expect(summary).toMatchObject({ outcome: 'complete', errors: {} })
  })

  test('an image set named by its id has the times from AHI', async () => {
    const selectors = [ids['1.3.1'] ?? '']
    const before = await run({ selectors, filters: [parseFilter('updatedAt<2000')] })
    expect(before).toMatchObject({ written: [], requests: { GetImageSet: 1 } })
    expect(before.requests['GetImageSetMetadata']).toBeUndefined()
    const since = await run({ selectors, filters: [parseFilter('updatedAt>=2000')] })
    expect(since.written).toEqual(['1.3.1.1'])
  })

  test('a selector whose instances are all filtered out is not a failure', async () => {
    const { summary } = await run({ selectors: ['1.2', '1.3'], filters: [parseFilter('InstanceNumber=99')] })
    expect(summary).toMatchObject({ outcome: 'nothing-selected', errors: {} })
  })
})

describe('identifiers are text', () => {
  test.each([
    ['1', ['1']],
    ['1/01.2', ['1']],
    ['1/01.2/1', ['1']],
    ['1..5', ['8.']],
    ['1..5/.7/8.', ['8.']],
  ])('%s selects', async (selector, expected) => {
    const { written, summary } = await run({ selectors: [selector] })
    expect({ written, outcome: summary.outcome }).toEqual({ written: expected, outcome: 'complete' })
  })

  test('studies that the search does not accept share one search', async () => {
    const { written, requests, summary } = await run({ selectors: ['1..5', 'abd', '1..5/.7', '1..2', '1..5/z'] })
    expect(written).toEqual(['8.'])
    expect(requests).toMatchObject({ SearchImageSets: 1, GetImageSetMetadata: 1 })
    expect(summary).toMatchObject({ outcome: 'failed', errors: { NOTHING_SELECTED: 3 } })
  })

  test('a study whose UID has letters is found by the summaries', async () => {
    const study = makeImageSet({ imageSetId: older, studyInstanceUid: 'abc', instances: { '1.1': {} } })
    expect(await origins([study], { selectors: ['abc'] })).toEqual({ '1.1': older })
  })

  test('a UID that the search refuses is found by the summaries', async () => {
    const client = clientDouble([
      makeImageSet({ imageSetId: older, studyInstanceUid: '01.2', instances: { '1.1': {} } }),
    ])
    const search = client.searchImageSets.bind(client)
    client.searchImageSets = (request) => {
      if (request.filters?.studyInstanceUid !== undefined) throw new AhiErrorDouble('AHI_VALIDATION')
      return search(request)
    }
    const destination = recordingDestination()
    await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
    const options = { datastoreId, destination, layout: flatLayout }
    expect(await exporter.exportTo({ ...options, selectors: ['01.2', '01.3'] })).toMatchObject({
      instances: { written: 1 },
      errors: { NOTHING_SELECTED: 1 },
    })
  })

  test('a UID with 32 digits is found where no image set has it as its id', async () => {
    const study = '1'.repeat(32)
    await emulator.importDicom([file({ study, series: '9.1', instance: '9.1.1', attributes: { PatientID: 'C' } })])
    const { written } = await run({ selectors: [study] })
    expect(written).toEqual(['9.1.1'])
    const { summary } = await run({ selectors: ['2'.repeat(32)] })
    expect(summary).toMatchObject({ outcome: 'nothing-selected', errors: { NOTHING_SELECTED: 1 } })
  })
})

test('if no study has a UID, the message says that a series is named by its study as well', () => {
  const all = { leftOut: 0, nonPrimary: 'exclude' } as const
  const said = (selector: string): string => new NothingSelectedError('d', selector, all).message
  expect(said('9.1')).toMatch(/'9.1' .*name a series as STUDY\/SERIES$/)
  expect(said('9.1/9.2')).toMatch(/check the identifiers$/)
  expect(said('a'.repeat(32))).toMatch(/check the identifiers$/)
})

describe('lists', () => {
  test('malformed lines and lines that match nothing are reported, and the rest is exported', async () => {
    const lines = ['9.9', '1.2/1.2.9', '1.2//7', '1.3', 'z'.repeat(32), '1.2/1.2.1/8.8', ' \t ']
    const { written, summary, destination } = await run({ selectors: lines })
    expect(written).toEqual(['1.3.1.1'])
    expect(summary).toMatchObject({ outcome: 'failed', errors: { NOTHING_SELECTED: 4, SELECTOR_MALFORMED: 2 } })
    const messages = destination.errors.map(({ message }) => /'([^']*)'/.exec(message)?.[1] ?? '')
    expect(messages.toSorted()).toEqual([
      ' \t '.replaceAll('\t', '\uFFFD'),
      '1.2//7',
      '1.2/1.2.1/8.8',
      '1.2/1.2.9',
      '9.9',
      'z'.repeat(32),
    ])
  })

  test('a version that does not exist is reported', async () => {
    const imageSetId = 'z'.repeat(32)
    const { destination } = await run({ selectors: [{ imageSetId, versionId: '7' }] })
    expect(destination.errors.map(({ message }) => message)).toEqual([
      expect.stringContaining(`Cannot find version 7 of '${imageSetId}' in data store`),
    ])
  })

  test('a malformed line is reported with its place, and a valid one is selected', async () => {
    const selectors = [
      { text: '1.3', place: 'line 1 of a.txt' },
      { text: '1//2', place: 'line 2 of a\n.txt' },
    ]
    const { written, destination } = await run({ selectors })
    expect(written).toEqual(['1.3.1.1'])
    expect(destination.errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^Cannot select '1\/\/2' \(line 2 of a\uFFFD\.txt\): one of its parts is empty; /),
    ])
  })

  test('a list without a matching line selects nothing', async () => {
    const { summary } = await run({ selectors: ['9.9', '/', 'z'.repeat(32)] })
    expect(summary).toMatchObject({ outcome: 'nothing-selected' })
  })

  test('repeated and overlapping selectors send no more requests, in any order', async () => {
    const once = ['1.2', '1.2/1.2.1', '1.2/1.2.1/1.2.1.1', ids['1.2.1'] ?? '', ids['1.2.2'] ?? '']
    const lines = Array.from({ length: 14 }, () => ['1.3', ...once]).flat()
    for (const selectors of [lines, lines.toReversed(), lines.toSorted()]) {
      const { written, requests, summary } = await run({ selectors })
      expect(written).toEqual(['1.2.1.1', '1.2.1.2', '1.2.2.1', '1.3.1.1'])
      expect(requests).toMatchObject({ SearchImageSets: 2, GetImageSetMetadata: 3 })
      expect(requests['GetImageSet']).toBeUndefined()
      expect(summary).toMatchObject({ outcome: 'complete', duplicates: 0, instances: { selected: 4, skipped: 0 } })
    }
  })

  test('an image set that is named often is read once', async () => {
    const id = ids['1.3.1'] ?? ''
    const { requests, summary } = await run({ selectors: [id, id, { imageSetId: id, versionId: '1' }] })
    expect(requests['GetImageSetMetadata']).toBe(1)
    expect(summary).toMatchObject({ outcome: 'complete', instances: { selected: 1, skipped: 0 } })
  })
})

const [older, newer, other] = ['a'.repeat(32), 'b'.repeat(32), 'c'.repeat(32)] as const

/** Three image sets contain instance 1.1. `other` is not primary, and the newest. */
const copies = [
  makeImageSet({ imageSetId: older, updatedAt: new Date(1000), instances: { '1.1': {}, '1.2': {} } }),
  makeImageSet({ imageSetId: newer, updatedAt: new Date(2000), instances: { '1.1': {}, '1.3': {} } }),
  makeImageSet({ imageSetId: other, updatedAt: new Date(3000), isPrimary: false, instances: { '1.1': {}, '1.4': {} } }),
]

async function origins(
  imageSets: typeof copies,
  options: Pick<SelectionOptions, 'selectors' | 'nonPrimary'>,
): Promise<Record<string, string>> {
  const destination = recordingDestination()
  await using exporter = createExporter({ client: clientDouble(imageSets), frameDecoder: decoderDouble() })
  await exporter.exportTo({ datastoreId, destination, layout: flatLayout, ...options })
  return Object.fromEntries(destination.manifest.map(({ sopInstanceUid, imageSetId }) => [sopInstanceUid, imageSetId]))
}

describe('an instance that several image sets have', () => {
  const named = [older, newer, other]
  const all = { '1.1': newer, '1.2': older, '1.3': newer, '1.4': other }
  test.each<[string, SelectionOptions['selectors']]>([
    ['the study', ['1.2.3']],
    ['the image sets', named],
    ['the image sets, backwards', named.toReversed()],
    ['the study and the image sets', ['1.2.3', ...named]],
    ['the image sets and the study', [...named.toReversed(), '1.2.3']],
  ])('%s: it comes from the newest primary one', async (_, selectors) => {
    for (const imageSets of [copies, copies.toReversed()]) {
      expect(await origins(imageSets, { selectors, nonPrimary: 'include' })).toEqual(all)
    }
  })

  test('with equal times, the greater version comes first, then the id', async () => {
    const at = new Date(1000)
    const versions = [
      makeImageSet({ imageSetId: older, updatedAt: at, versionId: '9', instances: { '1.1': {} } }),
      makeImageSet({ imageSetId: newer, updatedAt: at, versionId: '10', instances: { '1.1': {} } }),
      makeImageSet({ imageSetId: other, updatedAt: at, versionId: '10', instances: { '1.1': {} } }),
    ]
    for (const selectors of ['all', ['1.2.3'], named, named.toReversed()] as const) {
      expect(await origins(versions, { selectors })).toEqual({ '1.1': newer })
    }
  })

  test('image sets that are not primary can be excluded, included or selected alone', async () => {
    for (const selectors of ['all', ['1.2.3']] as const) {
      expect(Object.values(await origins(copies, { selectors }))).not.toContain(other)
      expect(await origins(copies, { selectors, nonPrimary: 'only' })).toEqual({ '1.1': other, '1.4': other })
    }
    expect(await origins(copies, { selectors: [older, other], nonPrimary: 'only' })).toEqual({
      '1.1': other,
      '1.4': other,
    })
    expect(await origins(copies, { selectors: ['1.2.3', other] })).toEqual(all)
  })
})

/** 40,000 lines with 20,000 instances that do not exist, and a study. */
function* longList(): Generator<string> {
  for (let line = 0; line < 40_000; line += 1) yield `1.2.3/1.2.3.4/9.${line % 20_000}`
  yield '1.2.3'
}

test('a long list of one study needs one search, and each line is reported once', async () => {
  const client = clientDouble(copies)
  const destination = recordingDestination()
  await using exporter = createExporter({ client, frameDecoder: decoderDouble() })
  await exporter.exportTo({ datastoreId, destination, layout: flatLayout, selectors: longList() })
  expect(client.requests).toMatchObject({ searches: ['1.2.3'], metadata: [newer, older] })
  expect(destination.errors).toHaveLength(20_000)
})
