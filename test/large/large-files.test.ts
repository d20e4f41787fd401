import { mkdir, mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { itemHeader, longElementHeader, sequenceDelimiter, undefinedLength } from '@ahi-dicom/dicom-standard/part10'
import { encodePart10Envelope } from '@ahi-dicom/dicomizer'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'

/** The service's limit of a file (developer guide, "Endpoints and quotas"). */
const largest = 4 * 2 ** 30
const pixelDataTag = 0x7fe00010

let emulator: Emulator
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ahi-large-files-'))
  await mkdir(join(folder, 'in'))
  emulator = await startEmulator({ data: join(folder, 'data') })
})

afterAll(async () => {
  await emulator.close()
  await rm(folder, { recursive: true })
})

/** A video of zeros that makes the file so long; the file is sparse. */
async function writeVideo(path: string, byteLength: number): Promise<number> {
  const { head } = encodePart10Envelope({
    attributes: {
      SOPClassUID: '1.2.840.10008.5.1.4.1.1.77.1.4.1',
      SOPInstanceUID: '2.25.1',
      StudyInstanceUID: '2.25.10',
      SeriesInstanceUID: '2.25.100',
      Rows: 1080,
      Columns: 1920,
      BitsAllocated: 8,
      NumberOfFrames: '100',
    },
    transferSyntaxUid: '1.2.840.10008.1.2.4.102',
  })
  const start = [head, longElementHeader(pixelDataTag, 'OB', undefinedLength), itemHeader(0)]
  const before = start.reduce((sum, { byteLength: length }) => sum + length, 8)
  const videoByteLength = byteLength - before - sequenceDelimiter.byteLength
  await using file = await open(path, 'w')
  await file.writeFile(Buffer.concat([...start, itemHeader(videoByteLength)]))
  await file.write(Buffer.from('end'), 0, 3, before + videoByteLength - 3)
  await file.write(sequenceDelimiter, 0, sequenceDelimiter.byteLength, before + videoByteLength)
  return videoByteLength
}

test('a file of 4 GB is imported by a job, and sent', async () => {
  const videoByteLength = await writeVideo(join(folder, 'in', 'video.dcm'), largest)
  const [inputS3Uri, outputS3Uri] = ['in/', 'out/'].map((name) => pathToFileURL(join(folder, name)).href)
  const dataAccessRoleArn = 'arn:aws:iam::123456789012:role/importer'
  const { endpoint, datastoreId } = emulator
  const request = { clientToken: 'one', dataAccessRoleArn, inputS3Uri, outputS3Uri }
  const start = await post(`${endpoint}/startDICOMImportJob/datastore/${datastoreId}`, request)
  const { jobId } = JSON.parse(await start.text())
  const job = await vi.waitFor(
    async () => {
      const response = await fetch(`${endpoint}/getDICOMImportJob/datastore/${datastoreId}/job/${jobId}`)
      const { jobProperties } = JSON.parse(await response.text())
      expect(jobProperties.endedAt).toBeGreaterThan(0)
      return jobProperties
    },
    { timeout: 300_000, interval: 1000 },
  )
  const success = await readFile(new URL('SUCCESS/success.ndjson', job.outputS3Uri), 'utf8')
  const { imageSetId } = JSON.parse(success).importResponse
  const imageSet = `${endpoint}/datastore/${datastoreId}/imageSet/${imageSetId}`
  const document = await post(`${imageSet}/getImageSetMetadata`)
  const { Study } = parseImageSetMetadata(new Uint8Array(await document.arrayBuffer()))
  const [frame] = Study.Series['2.25.100']?.Instances['2.25.1']?.ImageFrames ?? []
  expect(frame?.FrameSizeInBytes).toBe(videoByteLength)
  const frameBody = await post(`${imageSet}/getImageFrame`, { imageFrameId: frame?.ID })
  expect(await measure(frameBody)).toEqual([videoByteLength, 'end'])
  const instance = 'studies/2.25.10/series/2.25.100/instances/2.25.1'
  const accept = 'application/dicom; transfer-syntax=*'
  const whole = await fetch(`${endpoint}/datastore/${datastoreId}/${instance}`, { headers: { accept } })
  expect(whole.status).toBe(200)
  expect((await measure(whole))[0]).toBeGreaterThan(videoByteLength)
})

test('a larger file is rejected', async () => {
  const path = join(folder, 'larger.dcm')
  await writeVideo(path, largest + 2)
  const { rejected } = await emulator.importDicom(path)
  expect(rejected).toEqual([{ file: path, reason: 'The file is larger than 4 GB' }])
})

function post(url: string, body: unknown = {}): Promise<Response> {
  return fetch(url, { method: 'POST', body: JSON.stringify(body) })
}

/** The length of a body and its last bytes. */
async function measure({ body }: Response): Promise<[number, string]> {
  let byteLength = 0
  let last = Buffer.alloc(0)
  for await (const chunk of body ?? []) {
    byteLength += chunk.byteLength
    last = Buffer.concat([last.subarray(-3), chunk.subarray(-3)])
  }
  return [byteLength, last.toString('latin1').slice(-3)]
}
