import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { datastoreUrl, errorOf, getJson } from './support/dicomweb.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

let emulator: Emulator
let datastore: string

/** Imported in this order, so the last study is the most recently updated one. */
const annasStudy = {
  PatientName: 'Müller^Anna^Maria=山田^花子',
  PatientBirthDate: '19700101',
  StudyInstanceUID: '2.25.1000',
  ReferringPhysicianName: 'O’Brien^Pat',
  StudyDescription: 'Chest [1]',
}
const bertsStudy = {
  PatientName: 'Miller^Bert',
  PatientID: 'P20',
  StudyInstanceUID: '2.25.2000',
  AccessionNumber: 'B*7',
  StudyDate: '20260301',
  StudyTime: '0930',
}
const anonymousStudy = {
  PatientName: '',
  PatientID: 'P3',
  StudyInstanceUID: '2.25.3000',
  StudyDate: '',
  StudyTime: '',
  AccessionNumber: '',
}

const allSeries = [
  { ...annasStudy, SeriesInstanceUID: '2.25.1001', SeriesNumber: '10', Modality: 'CT', SeriesDescription: 'Thin' },
  { ...annasStudy, SeriesInstanceUID: '2.25.1002', SeriesNumber: '2', Modality: 'MR' },
  { ...annasStudy, SeriesInstanceUID: '2.25.1003', SeriesNumber: '', Modality: 'CT' },
  { ...bertsStudy, SeriesInstanceUID: '2.25.2001', SeriesNumber: '1', Modality: 'US' },
  { ...anonymousStudy, SeriesInstanceUID: '2.25.3001', SeriesNumber: '3', Modality: 'CT' },
]

beforeAll(async () => {
  emulator = await startEmulator()
  for (const [index, series] of allSeries.entries()) {
    const instance = (number: number) =>
      secondaryCapture({ ...series, SOPInstanceUID: `2.25.9${index}${number}`, InstanceNumber: String(13 - number) })
    await emulator.importDicom([instance(1), instance(2), instance(4)])
    // Image sets of the same millisecond are sorted by id.
    const now = Date.now()
    await vi.waitUntil(() => Date.now() > now)
  }
  datastore = datastoreUrl(emulator)
})

afterAll(() => emulator.close())

async function values(path: string, tag: string): Promise<unknown[]> {
  const found = await getJson(`${datastore}/${path}`)
  return found.map((dataSet) => Object(dataSet[tag]).Value?.[0])
}

const studyUidTag = '0020000D'
const seriesUidTag = '0020000E'
const instanceUidTag = '00080018'

describe('SearchDICOMStudies', () => {
  test('returns the most recently updated study first, with the attributes of every study', async () => {
    const [, , anna] = await getJson(`${datastore}/studies`)
    expect(await values('studies', studyUidTag)).toEqual(['2.25.3000', '2.25.2000', '2.25.1000'])
    expect(anna).toEqual({
      '00080020': { vr: 'DA', Value: ['20260102'] },
      '00080030': { vr: 'TM', Value: ['101112'] },
      '00080050': { vr: 'SH', Value: ['A1'] },
      '00080056': { vr: 'CS', Value: ['ONLINE'] },
      '00080061': { vr: 'CS', Value: ['CT', 'MR'] },
      '00080090': { vr: 'PN', Value: [{ Alphabetic: 'O’Brien^Pat' }] },
      '00081030': { vr: 'LO', Value: ['Chest [1]'] },
      '00081190': { vr: 'UR', Value: [`${datastore}/studies/2.25.1000`] },
      '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Müller^Anna^Maria', Ideographic: '山田^花子' }] },
      '00100020': { vr: 'LO', Value: ['P1'] },
      '00100030': { vr: 'DA', Value: ['19700101'] },
      '00100040': { vr: 'CS' },
      '0020000D': { vr: 'UI', Value: ['2.25.1000'] },
      '00200010': { vr: 'SH', Value: ['S1'] },
      '00201206': { vr: 'IS', Value: [3] },
      '00201208': { vr: 'IS', Value: [9] },
    })
  })

  test.each([
    ['PatientID=P1', ['2.25.1000']],
    ['00100020=P1', ['2.25.1000']],
    ['PatientID=P*', ['2.25.3000', '2.25.2000', '2.25.1000']],
    ['PatientID=P?', ['2.25.3000', '2.25.1000']],
    ['PatientID=p1', []],
    ['PatientID=', ['2.25.3000', '2.25.2000', '2.25.1000']],
    ['AccessionNumber=B**', ['2.25.2000']],
    ['StudyDescription=Chest%20[1]', ['2.25.1000']],
    ['StudyDescription=*[1]', ['2.25.1000']],
    ['StudyDescription=*[12]*', []],
    ['StudyID=S1&PatientID=P20', ['2.25.2000']],
    ['StudyInstanceUID=2.25.1000', ['2.25.1000']],
    ['StudyInstanceUID=2.25.1000,2.25.3000', ['2.25.3000', '2.25.1000']],
    ['StudyInstanceUID=2.25.1000%5C2.25.3000', ['2.25.3000', '2.25.1000']],
    ['ModalitiesInStudy=MR', ['2.25.1000']],
    ['ModalitiesInStudy=CT', ['2.25.3000', '2.25.1000']],
    ['ModalitiesInStudy=?S', ['2.25.2000']],
    ['StudyDate=20260102', ['2.25.1000']],
    ['StudyDate=20260102-20260301', ['2.25.2000', '2.25.1000']],
    ['StudyDate=20260103-', ['2.25.2000']],
    ['StudyDate=-20260301', ['2.25.2000', '2.25.1000']],
    ['StudyTime=093000', ['2.25.2000']],
    ['StudyTime=10', ['2.25.1000']],
    ['StudyTime=0931-1011', ['2.25.1000']],
    ['StudyTime=-0930', ['2.25.2000']],
    ['PatientBirthDate=19691231-19700101', ['2.25.1000']],
    ['PatientName=miller%5Ebert', ['2.25.2000']],
    ['PatientName=Miller%5EBert%5E%5E', ['2.25.2000']],
    ['PatientName=M?ller%5E*', ['2.25.2000', '2.25.1000']],
    ['PatientName=M%C3%9CLLER%5EANNA%5EMARIA', ['2.25.1000']],
    ['PatientName=%E5%B1%B1%E7%94%B0*', ['2.25.1000']],
    ['PatientName=anna', []],
    ['PatientName=anna&fuzzymatching=true', ['2.25.1000']],
    ['PatientName=ann%20mul&fuzzymatching=true', ['2.25.1000']],
    ['PatientName=mil,ber&fuzzymatching=true', ['2.25.2000']],
    ['PatientName=nna&fuzzymatching=true', []],
    ['ReferringPhysicianName=*pat', ['2.25.1000']],
    ['PatientBirthTime=12', []],
    ['PatientID=*&limit=2', ['2.25.3000', '2.25.2000']],
    ['limit=1&offset=1', ['2.25.2000']],
    ['offset=3', []],
  ])('finds by %s', async (query, expected) => {
    expect(await values(`studies?${query}`, studyUidTag)).toEqual(expected)
  })

  test.each([
    ['limit=0', 'limit'],
    ['limit=1001', 'limit'],
    ['limit=x', 'limit'],
    ['offset=-1', 'offset'],
    ['offset=1000001', 'offset'],
    ['limit=1&limit=2', 'limit'],
    ['fuzzymatching=yes', 'fuzzymatching'],
    ['Modality=CT', 'match key of study'],
    ['Nonsense=1', 'match key of study'],
    ['StudyDate=2026', 'VR DA'],
    ['StudyDate=-', 'VR DA'],
    ['StudyDate=20260101-20260102-20260103', 'VR DA'],
    ['StudyTime=9', 'VR TM'],
    ['StudyInstanceUID=1.2*', 'VR UI'],
    [`includefield=${Array.from({ length: 51 }, () => 'PatientID').join(',')}`, 'less than or equal to 50'],
  ])('refuses %s', async (query, message) => {
    const error = await errorOf(`${datastore}/studies?${query}`)
    expect(error).toEqual({ status: 400, code: 'ValidationException', message: expect.stringContaining(message) })
  })

  test('answers only in JSON, and only for existing data stores', async () => {
    const accept = 'multipart/related; type="application/dicom+xml"'
    expect(await errorOf(`${datastore}/studies`, accept)).toMatchObject({ status: 406, code: 'NotAcceptableException' })
    const missing = datastoreUrl({ ...emulator, datastoreId: 'a'.repeat(32) })
    expect(await errorOf(`${missing}/studies`)).toMatchObject({ status: 404, code: 'ResourceNotFoundException' })
  })
})

describe('searches of series', () => {
  test('sort by SeriesNumber, series without one last', async () => {
    expect(await values('studies/2.25.1000/series', seriesUidTag)).toEqual(['2.25.1002', '2.25.1001', '2.25.1003'])
    expect(await values('series', seriesUidTag)).toEqual([
      '2.25.2001',
      '2.25.1002',
      '2.25.3001',
      '2.25.1001',
      '2.25.1003',
    ])
  })

  test('return the attributes of every series and, over all studies, those of the study', async () => {
    const [, series] = await getJson(`${datastore}/studies/2.25.1000/series`)
    expect(series).toEqual({
      '00080060': { vr: 'CS', Value: ['CT'] },
      '0008103E': { vr: 'LO', Value: ['Thin'] },
      '00081190': { vr: 'UR', Value: [`${datastore}/studies/2.25.1000/series/2.25.1001`] },
      '0020000D': { vr: 'UI', Value: ['2.25.1000'] },
      '0020000E': { vr: 'UI', Value: ['2.25.1001'] },
      '00200011': { vr: 'IS', Value: [10] },
      '00201209': { vr: 'IS', Value: [3] },
    })
    const [ofAll] = await getJson(`${datastore}/series?SeriesInstanceUID=2.25.1001`)
    expect(ofAll).toMatchObject({ ...series, '00100020': { vr: 'LO', Value: ['P1'] } })
  })

  test.each([
    ['studies/2.25.1000/series?Modality=CT', ['2.25.1001', '2.25.1003']],
    ['studies/2.25.1000/series?limit=1&offset=1', ['2.25.1001']],
    ['studies/2.25.9/series', []],
    ['series?PatientID=P20', ['2.25.2001']],
    ['series?Modality=CT&StudyDate=20260102', ['2.25.1001', '2.25.1003']],
  ])('find by %s', async (path, expected) => {
    expect(await values(path, seriesUidTag)).toEqual(expected)
  })
})

describe('searches of instances', () => {
  test('sort by InstanceNumber within each series', async () => {
    const path = 'studies/2.25.1000/series/2.25.1001/instances'
    expect(await values(path, '00200013')).toEqual([9, 11, 12])
    expect(await values('studies/2.25.1000/instances', instanceUidTag)).toEqual([
      '2.25.914',
      '2.25.912',
      '2.25.911',
      '2.25.904',
      '2.25.902',
      '2.25.901',
      '2.25.924',
      '2.25.922',
      '2.25.921',
    ])
    expect(await values('instances', instanceUidTag)).toHaveLength(15)
  })

  test('return the attributes of every instance', async () => {
    const [instance] = await getJson(`${datastore}/studies/2.25.1000/series/2.25.1001/instances`)
    const url = `${datastore}/studies/2.25.1000/series/2.25.1001/instances/2.25.904`
    expect(instance).toEqual({
      '00080016': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.7'] },
      '00080018': { vr: 'UI', Value: ['2.25.904'] },
      '00080056': { vr: 'CS', Value: ['ONLINE'] },
      '00081190': { vr: 'UR', Value: [url] },
      '0020000D': { vr: 'UI', Value: ['2.25.1000'] },
      '0020000E': { vr: 'UI', Value: ['2.25.1001'] },
      '00200013': { vr: 'IS', Value: [9] },
      '00280008': { vr: 'IS' },
      '00280010': { vr: 'US', Value: [2] },
      '00280011': { vr: 'US', Value: [2] },
      '00280100': { vr: 'US', Value: [8] },
    })
    const [ofStudy] = await getJson(`${datastore}/studies/2.25.1000/instances?SOPInstanceUID=2.25.904`)
    expect(ofStudy).toMatchObject({ ...instance, '00080060': { vr: 'CS', Value: ['CT'] } })
    expect(ofStudy).not.toHaveProperty('00100020')
    const [ofAll] = await getJson(`${datastore}/instances?SOPInstanceUID=2.25.904`)
    expect(ofAll).toMatchObject({ ...ofStudy, '00100020': { vr: 'LO', Value: ['P1'] } })
  })

  test.each([
    ['instances?SOPInstanceUID=2.25.931', ['2.25.931']],
    ['instances?SOPClassUID=1.2.3', []],
    ['instances?WarningReason=45330', []],
    ['instances?PatientID=P20&limit=2', ['2.25.934', '2.25.932']],
    ['instances?PatientID=P20&limit=2&offset=2', ['2.25.931']],
    ['instances?offset=4&limit=3', ['2.25.912', '2.25.911', '2.25.944']],
    ['instances?offset=15', []],
    ['studies/2.25.1000/instances?Modality=MR', ['2.25.914', '2.25.912', '2.25.911']],
    ['instances?SOPInstanceUID=2.25.901,2.25.941&offset=1', ['2.25.901']],
  ])('find by %s', async (path, expected) => {
    expect(await values(path, instanceUidTag)).toEqual(expected)
  })
})

describe('includefield', () => {
  let included: string

  beforeAll(async () => {
    const { datastoreId } = await emulator.createDatastore()
    const attributes = {
      ProtocolName: 'Protocol',
      PatientComments: 'patient comment',
      StudyComments: 'instance comment',
      PixelRepresentation: 1,
      PixelPaddingValue: -1,
      ReferencedStudySequence: [
        {
          ReferencedSOPClassUID: '1.2',
          ReferencedSOPInstanceUID: '1.2.3',
          PurposeOfReferenceCodeSequence: [{ CodeValue: 'A', CodeMeaning: 'B' }],
        },
      ],
      '00090011': 'MAKER',
      '00091101': 'a private value',
      '00090012': 'OTHER',
      '00091201': 'value with another creator',
    }
    await emulator.importDicom([secondaryCapture(attributes)], { datastoreId })
    included = datastoreUrl({ ...emulator, datastoreId })
  })

  async function fields(path: string): Promise<Record<string, unknown>> {
    const [without = {}] = await getJson(`${included}/${path.split('?')[0]}`)
    const [found = {}] = await getJson(`${included}/${path}`)
    expect(found).toMatchObject(without)
    return Object.fromEntries(Object.entries(found).filter(([tag]) => !(tag in without)))
  }

  test('adds attributes by keyword and by tag, at the levels of the result', async () => {
    const comments = { '00104000': { vr: 'LT', Value: ['patient comment'] } }
    const all = 'PatientComments,00181030,StudyComments,Nonsense,FFFFFFFF'
    expect(await fields(`studies?includefield=${all}`)).toEqual(comments)
    const protocol = { '00181030': { vr: 'LO', Value: ['Protocol'] } }
    expect(await fields(`series?includefield=00104000&includefield=00181030,StudyComments`)).toEqual({
      ...comments,
      ...protocol,
    })
    expect(await fields(`instances?includefield=${all}`)).toEqual({
      ...comments,
      ...protocol,
      '00324000': { vr: 'LT', Value: ['instance comment'] },
    })
  })

  test('resolves VRs as in the whole data set', async () => {
    expect(await fields('instances?includefield=PixelPaddingValue')).toEqual({ '00280120': { vr: 'SS', Value: [-1] } })
  })

  test('selects attributes in sequences by dots', async () => {
    const path = 'ReferencedStudySequence.PurposeOfReferenceCodeSequence.CodeValue'
    const uid = '00081110.00081155'
    expect(await fields(`studies?includefield=${path},${uid}`)).toEqual({
      '00081110': {
        vr: 'SQ',
        Value: [
          {
            '00081155': { vr: 'UI', Value: ['1.2.3'] },
            '0040A170': { vr: 'SQ', Value: [{ '00080100': { vr: 'SH', Value: ['A'] } }] },
          },
        ],
      },
    })
  })

  test('finds private attributes by their creator, in any block', async () => {
    expect(await fields('instances?includefield=00091001&00090010=MAKER')).toMatchObject({
      '00090011': { vr: 'LO', Value: ['MAKER'] },
      '00091101': { Value: ['a private value'] },
    })
    expect(Object.keys(await fields('instances?includefield=00091201'))).toEqual(['00090012', '00091201'])
    expect(await fields('instances?includefield=00091001&00090010=NOBODY')).toEqual({})
  })

  test('adds all attributes of the levels for `all`', async () => {
    expect(Object.keys(await fields('studies?includefield=all'))).toEqual(['00081110', '00104000'])
    expect(Object.keys(await fields('instances?includefield=all'))).toEqual(
      expect.arrayContaining(['00090011', '00091101', '00104000', '00280103', '00324000']),
    )
  })
})

test('searches only find the latest versions of primary image sets', async () => {
  const { datastoreId } = await emulator.createDatastore()
  const studies = `${datastoreUrl({ ...emulator, datastoreId })}/studies`
  await emulator.importDicom([secondaryCapture()], { datastoreId })
  await emulator.importDicom([secondaryCapture({ StudyID: 'not primary' })], { datastoreId })
  await emulator.importDicom([secondaryCapture({ SOPInstanceUID: '2.25.2', StudyDescription: 'new' })], { datastoreId })
  expect(await getJson(`${studies}?StudyID=not%20primary`)).toEqual([])
  expect(await getJson(`${studies}?StudyDescription=new`)).toMatchObject([{ '00201208': { vr: 'IS', Value: [2] } }])
})
