import { createHash } from 'node:crypto'
import { writeFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importAlone, type ImageSetPlace } from './support/client.ts'
import { datastoreUrl, errorOf, get, getJson, instanceUrl, uidsOf } from './support/dicomweb.ts'
import { secondaryCapture } from './support/secondary-capture.ts'
import { hasPython, runPython, sharedPath } from './support/tools.ts'

const largeValue = Buffer.alloc(1024 * 1024 + 2, 'bulk')
const smallValue = Buffer.alloc(1024 * 1024, 'inline')

let emulator: Emulator
let place: ImageSetPlace
let url: string

beforeAll(async () => {
  emulator = await startEmulator()
  place = await importAlone(emulator, [
    secondaryCapture({
      SpecificCharacterSet: 'ISO_IR 100',
      PatientName: 'Müller^Anna=山田^花子',
      ImageType: ['DERIVED', '', 'AXIAL'],
      PixelSpacing: ['0.5', '1.25 '],
      FrameIncrementPointer: ['00181065'],
      ReferencedStudySequence: [{ ReferencedSOPInstanceUID: '1.2.3' }, {}],
      EncapsulatedDocument: largeValue.toString('base64'),
      ICCProfile: smallValue.toString('base64'),
      '00090010': 'MAKER',
      '00091001': 'private',
    }),
    secondaryCapture({ SOPInstanceUID: '2.25.2', PatientName: 'Müller^Anna=山田^花子' }),
  ])
  url = `${datastoreUrl(place)}/studies/2.25.10/series/2.25.100/instances/2.25.1`
})

afterAll(() => emulator.close())

describe('GetDICOMInstanceMetadata', () => {
  test('answers in the DICOM JSON Model', async () => {
    const [metadata, ...others] = await getJson(`${url}/metadata`)
    expect(others).toEqual([])
    expect(metadata).toMatchObject({
      '00020010': { vr: 'UI', Value: ['1.2.840.10008.1.2.4.202'] },
      '00080005': { vr: 'CS', Value: ['ISO_IR 192'] },
      '00080008': { vr: 'CS', Value: ['DERIVED', null, 'AXIAL'] },
      '00081110': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.3'] } }, {}] },
      '00090010': { vr: 'LO', Value: ['MAKER'] },
      '00280009': { vr: 'AT', Value: ['00181065'] },
      '00280010': { vr: 'US', Value: [2] },
      '00280030': { vr: 'DS', Value: [0.5, 1.25] },
      '00200011': { vr: 'IS', Value: [1] },
    })
    expect(metadata).not.toHaveProperty('7FE00010')
    expect(metadata?.['00282000']).toEqual({ vr: 'OB', InlineBinary: smallValue.toString('base64') })
  })

  test('refers to values of more than a megabyte by URI', async () => {
    const [metadata] = await getJson(`${url}/metadata`)
    const uri = `${url}/bulkdata/${createHash('sha256').update(largeValue).digest('hex')}`
    expect(metadata?.['00420011']).toEqual({ vr: 'OB', BulkDataURI: uri })
    const { headers, body } = await get(uri, 'application/octet-stream')
    expect(headers.get('content-type')).toBe('application/octet-stream')
    expect(body.equals(largeValue)).toBe(true)
  })

  test('keeps the image set in the URI of bulk data', async () => {
    const query = `?imageSetId=${place.imageSetId}`
    const [metadata] = await getJson(`${url}/metadata${query}`)
    const { BulkDataURI: uri } = Object(metadata?.['00420011'])
    expect(uri).toContain(query)
    expect((await get(String(uri))).body.equals(largeValue)).toBe(true)
  })

  test.each([
    ['metadata', 'application/dicom', 406, 'NotAcceptableException', 'application/dicom+json'],
    ['metadata', 'multipart/related; type="application/dicom+xml"', 406, 'NotAcceptableException', ''],
    ['bulkdata/0', undefined, 400, 'ValidationException', 'bulkdata'],
    [`bulkdata/${'0'.repeat(64)}`, undefined, 404, 'ResourceNotFoundException', 'no bulk data'],
    [`bulkdata/${'0'.repeat(64)}`, 'image/png', 406, 'NotAcceptableException', 'application/octet-stream'],
    ['metadata?imageSetId=1', undefined, 400, 'ValidationException', 'imageSetId'],
  ])('answers %s for Accept %s with %d %s', async (path, accept, status, code, message) => {
    const error = await errorOf(`${url}/${path}`, accept)
    expect(error).toEqual({ status, code, message: expect.stringContaining(message) })
  })
})

describe('GetDICOMSeriesMetadata', () => {
  test('returns the metadata of every instance', async () => {
    const series = `${datastoreUrl(place)}/studies/2.25.10/series/2.25.100`
    const [first] = await getJson(`${url}/metadata`)
    const ofSeries = await getJson(`${series}/metadata`)
    expect(ofSeries).toHaveLength(2)
    expect(ofSeries[0]).toEqual(first)
    expect(ofSeries[1]).toMatchObject({ '00080018': { vr: 'UI', Value: ['2.25.2'] } })
  })

  test('does not find other series, or series in non-primary image sets', async () => {
    const other = await emulator.importDicom([secondaryCapture({ StudyDate: '20270101' })], place)
    const studies = `${datastoreUrl(place)}/studies`
    const [imageSet] = other.imageSets
    expect(imageSet?.isPrimary).toBe(false)
    const query = `?imageSetId=${imageSet?.imageSetId}`
    expect(await getJson(`${studies}/2.25.10/series/2.25.100/metadata`)).toHaveLength(2)
    expect(await getJson(`${studies}/2.25.10/series/2.25.100/metadata${query}`)).toHaveLength(1)
    for (const path of ['2.25.10/series/2.25.101', '2.25.11/series/2.25.100']) {
      const error = await errorOf(`${studies}/${path}/metadata`)
      expect(error).toMatchObject({ status: 404, code: 'ResourceNotFoundException' })
    }
  })
})

const sampleFiles = [
  'CT_small.dcm',
  'MR_small_bigendian.dcm',
  'rtplan.dcm',
  'reportsi.dcm',
  'liver_1frame.dcm',
  'rtdose.dcm',
]
const files = sampleFiles.flatMap((name) => sharedPath(`dicom/pydicom/${name}`) ?? [])

describe("metadata read with Python's dicomweb-client", () => {
  let work: string

  beforeAll(async () => {
    work = await mkdtemp(join(tmpdir(), 'ahi-emulator-test-'))
  })

  afterAll(() => rm(work, { recursive: true, force: true }))

  test.skipIf(!hasPython('dicomweb_client', 'pydicom', 'openjpeg'))('is what pydicom reads in the files', async () => {
    const generated = await Promise.all(
      Array.from(generateStudy({ ctSlices: 1, ultrasoundFrames: 3 }), async ({ data }, index) => {
        const file = join(work, `${index}.dcm`)
        await writeFile(file, data)
        return file
      }),
    )
    const cases: unknown[] = []
    const large = join(work, 'large.dcm')
    await writeFile(large, secondaryCapture({ EncapsulatedDocument: largeValue.toString('base64') }))
    for (const original of [large, ...generated, ...files]) {
      const imported = await importAlone(emulator, original)
      cases.push({ original, url: datastoreUrl(imported), ...(await uidsOf(imported)) })
    }
    const compared = await runPython('dicomweb_retrieve.py', { input: cases })
    expect(compared).toEqual(cases.map(() => ({ syntax: expect.any(String), problems: [] })))
  })

  test('has the stored transfer syntax, not the imported one', async () => {
    const file = sharedPath('dicom/pydicom/MR_small_bigendian.dcm')
    if (file === undefined) return
    const [metadata] = await getJson(`${await instanceUrl(await importAlone(emulator, file))}/metadata`)
    expect(metadata?.['00020010']).toEqual({ vr: 'UI', Value: ['1.2.840.10008.1.2.4.202'] })
  })
})
