import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { AttributeMap } from '@ahi-dicom/ahi-metadata'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { importAlone, instancePathOf, type ImageSetPlace } from './support/client.ts'
import { withEmulatorAndFolder } from './support/emulator-and-folder.ts'
import { secondaryCapture } from './support/secondary-capture.ts'
import { standardErrorOf, hasCommand, hasPython, runPython, sharedPath } from './support/tools.ts'

const asStored = 'application/dicom; transfer-syntax=*'
const htj2kUid = '1.2.840.10008.1.2.4.202'
const jpeg2000Uid = '1.2.840.10008.1.2.4.90'
const explicitUid = '1.2.840.10008.1.2.1'
const instancePath = 'studies/2.25.10/series/2.25.100/instances/2.25.1'

describe('GetDICOMInstance', () => {
  let emulator: Emulator
  let place: ImageSetPlace

  beforeAll(async () => {
    emulator = await startEmulator()
    place = await importAlone(emulator, [secondaryCapture({}, Uint8Array.of(1, 2, 3, 4))])
  })

  afterAll(() => emulator.close())

  async function get(
    path: string,
    { accept, datastoreId = place.datastoreId }: { readonly accept?: string; readonly datastoreId?: string } = {},
  ) {
    const response = await fetch(`${emulator.endpoint}/datastore/${datastoreId}/${path}`, {
      headers: accept === undefined ? {} : { accept },
    })
    const body = new Uint8Array(await response.arrayBuffer())
    return { status: response.status, headers: response.headers, body }
  }

  test.each([
    // undici sends this by default
    ['*/*', explicitUid],
    ['', explicitUid],
    ['application/dicom', explicitUid],
    ['application/*;q=0.1', explicitUid],
    [asStored, htj2kUid],
    [`application/dicom;transfer-syntax=${jpeg2000Uid}`, jpeg2000Uid],
    ['Application/DICOM ;Transfer-Syntax = "*"', htj2kUid],
    [`application/dicom;transfer-syntax=${htj2kUid}`, htj2kUid],
    [`application/dicom;transfer-syntax="${explicitUid}", ${asStored}`, explicitUid],
    [`application/dicom;transfer-syntax=${explicitUid};q=0.5, ${asStored};q=0.6`, htj2kUid],
    [`application/dicom;transfer-syntax=1.2.840.10008.1.2.4.203, ${asStored}`, htj2kUid],
    [`multipart/related; type="application/dicom,x"; transfer-syntax=${htj2kUid}, application/dicom`, explicitUid],
  ])('answers Accept %j with %s', async (accept, transferSyntax) => {
    const { status, headers, body } = await get(instancePath, { accept })
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/dicom')
    expect(Buffer.from(body).toString('latin1', 128, 132)).toBe('DICM')
    expect(Buffer.from(body).includes(`${transferSyntax}${'\0'.repeat(transferSyntax.length % 2)}`)).toBe(true)
  })

  test.each([
    'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.203',
    'application/dicom; transfer-syntax=1.2.840.10008.1.2.4.50',
    'application/dicom; transfer-syntax=nonsense',
    'application/dicom;q=0',
    'application/dicom+json',
    'multipart/related; type="application/dicom"',
  ])('does not accept %j', async (accept) => {
    const { status, headers, body } = await get(instancePath, { accept })
    expect(status).toBe(406)
    expect(headers.get('x-amzn-errortype')).toBe('NotAcceptableException')
    expect(JSON.parse(Buffer.from(body).toString())).toEqual({
      message: expect.stringContaining('request application/dicom; transfer-syntax=*'),
    })
  })

  test.each([
    [`${instancePath}9`, 404, 'ResourceNotFoundException'],
    ['studies/2.25.9/series/2.25.100/instances/2.25.1', 404, 'ResourceNotFoundException'],
    [`${instancePath}?imageSetId=abcdefghijklmnopqrstuvwxyz012345`, 404, 'ResourceNotFoundException'],
    [`${instancePath}?imageSetId=..%2F`, 400, 'ValidationException'],
    ['studies/2.25.10/series/2.25.100/instances/..%2Fx', 400, 'ValidationException'],
    ['studies/2.25.10/series/2.25.100', 404, 'UnknownOperationException'],
  ])('answers %s with %d %s', async (path, status, errorType) => {
    const answer = await get(path)
    expect(answer.status).toBe(status)
    expect(answer.headers.get('x-amzn-errortype')).toBe(errorType)
  })

  test('does not show an instance through another data store', async () => {
    expect((await get(instancePath, { datastoreId: emulator.datastoreId })).status).toBe(404)
    expect((await get(instancePath, { datastoreId: 'abcdefghijklmnopqrstuvwxyz012345' })).status).toBe(404)
  })

  test('finds non-primary image sets only by their id', async () => {
    const { datastoreId } = await emulator.createDatastore()
    const { imageSets } = await emulator.importDicom(
      [secondaryCapture({ SOPInstanceUID: '2.25.2' }), secondaryCapture({ AccessionNumber: 'other' })],
      { datastoreId },
    )
    const [, other] = imageSets
    expect(other?.isPrimary).toBe(false)
    expect((await get(instancePath, { datastoreId })).status).toBe(404)
    const { status, body } = await get(`${instancePath}?imageSetId=${other?.imageSetId}`, { datastoreId })
    expect(status).toBe(200)
    expect(Buffer.from(body).includes('other')).toBe(true)
  })

  test('sends the latest version', async () => {
    const { datastoreId } = await emulator.createDatastore()
    for (const PatientName of ['First^Name', 'Second^Name']) {
      await emulator.importDicom([secondaryCapture({ PatientName })], { datastoreId })
      expect(Buffer.from((await get(instancePath, { datastoreId })).body).includes(PatientName)).toBe(true)
    }
  })

  test('sends instances without pixels in Explicit VR Little Endian', async () => {
    const [report] = Array.from(generateStudy({ ctSlices: 0, ultrasoundFrames: 0 }), ({ data }) => data)
    const { datastoreId, ...rest } = await importAlone(emulator, [report ?? new Uint8Array(0)])
    const path = await instancePathOf({ datastoreId, ...rest })
    for (const accept of [asStored, '*/*']) expect((await get(path, { accept, datastoreId })).status).toBe(200)
    const accept = `application/dicom; transfer-syntax=${htj2kUid}`
    expect((await get(path, { accept, datastoreId })).status).toBe(406)
  })

  test('still serves other clients if one leaves in the middle', async () => {
    const frames = 64
    const pixels = new Uint8Array(512 * 512 * frames)
    const attributes: AttributeMap = { Rows: 512, Columns: 512, NumberOfFrames: String(frames) }
    const { datastoreId } = await importAlone(emulator, [secondaryCapture(attributes, pixels)])
    const leaving = new AbortController()
    const url = `${emulator.endpoint}/datastore/${datastoreId}/${instancePath}`
    const response = await fetch(url, { signal: leaving.signal })
    await response.body?.getReader().read()
    leaving.abort()
    const { body } = await get(instancePath, { datastoreId })
    expect(Buffer.compare(body.subarray(-pixels.byteLength), pixels)).toBe(0)
  })
})

const sampleFiles = [
  'CT_small.dcm',
  'SC_rgb_jpeg_dcmtk.dcm',
  'MR_small_bigendian.dcm',
  'SC_rgb_small_odd.dcm',
  'liver_1frame.dcm',
  'rtplan.dcm',
]
const files = sampleFiles.flatMap((name) => sharedPath(`dicom/pydicom/${name}`) ?? [])
const canCompare = hasPython('botocore', 'pydicom', 'numpy', 'openjpeg', 'libjpeg')
const hasTools = hasCommand('curl', '--version') && hasCommand('dcmdump', '--version')

describe('the file that GetDICOMInstance sends', () => {
  let emulator: Emulator
  let work: string

  withEmulatorAndFolder((made) => void ({ emulator, work } = made))

  test.skipIf(!canCompare)('equals the imported file, according to botocore and pydicom', async () => {
    const [study = new Uint8Array(0)] = Array.from(generateStudy({ ctSlices: 1 }), ({ data }) => data)
    await writeFile(join(work, 'generated.dcm'), study)
    const requests: {
      readonly original: string
      readonly url: string
      readonly accept?: string
      readonly file: string
    }[] = []
    for (const original of [join(work, 'generated.dcm'), ...files]) {
      const url = await urlOf(await importAlone(emulator, original))
      requests.push({ original, url, file: join(work, `${requests.length}.dcm`) })
      requests.push({ original, url, accept: asStored, file: join(work, `${requests.length}.dcm`) })
    }
    const answers = await runPython('signed_requests.py', { input: requests })
    expect(answers).toMatchObject(requests.map(() => ({ status: 200, contentType: 'application/dicom' })))
    const cases = requests.map(({ original, file }) => ({ original, received: file }))
    const compared = await runPython('compare_part10.py', { input: cases })
    expect(compared).toMatchObject(requests.map(() => ({ problems: [] })))
    expect(compared).toMatchObject(requests.map(({ accept }) => (accept === asStored ? {} : { syntax: explicitUid })))
  })

  test.skipIf(!canCompare)('is JPEG 2000 if requested or stored', async () => {
    const stored = await importAlone(emulator, colourLoop(), { losslessStorageFormat: 'JPEG_2000_LOSSLESS' })
    const of2023 = await importAlone(emulator, colourLoop(), {
      losslessStorageFormat: 'JPEG_2000_LOSSLESS',
      documentForm: '2023',
    })
    const htj2k = await importAlone(emulator, colourLoop())
    const accept = `application/dicom; transfer-syntax=${jpeg2000Uid}`
    const requests = [
      { url: await urlOf(stored), accept: asStored },
      { url: await urlOf(of2023), accept: asStored },
      { url: await urlOf(stored), accept },
      { url: await urlOf(htj2k), accept },
    ].map((request, index) => ({ ...request, file: join(work, `jpeg2000-${index}.dcm`) }))
    expect(await runPython('signed_requests.py', { input: requests })).toMatchObject(
      requests.map(() => ({ status: 200 })),
    )
    await writeFile(join(work, 'original.dcm'), colourLoop()[0] ?? '')
    const cases = requests.map(({ file }) => ({ original: join(work, 'original.dcm'), received: file }))
    const compared = await runPython('compare_part10.py', { input: cases })
    expect(compared).toEqual(requests.map(() => ({ syntax: jpeg2000Uid, problems: [] })))
    const uncompressed = { url: await urlOf(of2023), file: join(work, 'jpeg2000-uncompressed.dcm') }
    await runPython('signed_requests.py', { input: [uncompressed] })
    const received = { original: join(work, 'original.dcm'), received: uncompressed.file }
    expect(await runPython('compare_part10.py', { input: [received] })).toEqual([{ syntax: explicitUid, problems: [] }])
  })

  test.skipIf(!hasTools)('can be downloaded by curl and read by dcmtk', async () => {
    const place = await importAlone(emulator, [secondaryCapture()])
    const file = join(work, 'curl.dcm')
    await promisify(execFile)('curl', ['--silent', '--fail', '--output', file, await urlOf(place)])
    expect(standardErrorOf('dcmdump', '--quiet', file)).toBe('')
  })
})

function colourLoop(): Uint8Array[] {
  return Array.from(generateStudy({ ctSlices: 0, report: false }), ({ data }) => data)
}

async function urlOf(place: ImageSetPlace): Promise<string> {
  return `${place.endpoint}/datastore/${place.datastoreId}/${await instancePathOf(place)}`
}
