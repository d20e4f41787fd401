import { connect } from 'node:net'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { encodePart10 } from '@ahi-dicom/dicomizer'
import { array, assert, asyncProperty, constantFrom, dictionary, jsonValue, oneof, record, string } from 'fast-check'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { importAlone, metadataOf, instancesOf, type ImageSetPlace } from './support/client.ts'
import { secondaryCapture, secondaryCaptureAttributes } from './support/secondary-capture.ts'

/** Names that every object inherits, and text that breaks parsers. */
const trickyTexts = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  '',
  ' ',
  '%',
  '%00',
  '*',
  '-',
  '..',
  '"',
  '\\',
  '0'.repeat(40),
  '9'.repeat(40),
  '1e999',
  'NaN',
  'true',
  'null',
  '🩻',
  '\u0000',
]
const text = oneof(constantFrom(...trickyTexts), string({ maxLength: 20 }))

let emulator: Emulator
let place: ImageSetPlace
let imageFrameId: string
const warnings = vi.fn()

beforeAll(async () => {
  emulator = await startEmulator()
  place = await importAlone(emulator, [secondaryCapture()])
  imageFrameId = instancesOf(await metadataOf(place))[0]?.ImageFrames[0]?.ID ?? ''
  process.on('warning', warnings)
})

afterAll(async () => {
  process.off('warning', warnings)
  await emulator.close()
})

/** The emulator emits its own errors as process warnings. */
afterEach(async () => {
  await new Promise((resolve) => setTimeout(resolve, 20))
  const { calls } = warnings.mock
  warnings.mockReset()
  if (calls.length > 0) throw new Error(`the emulator failed: ${calls.join(', ')}`)
})

function paths(): string[] {
  const store = `/datastore/${place.datastoreId}`
  const set = `${store}/imageSet/${place.imageSetId}`
  return [
    '/datastore',
    `${store}/searchImageSets`,
    `${set}/getImageSet`,
    `${set}/getImageSetMetadata`,
    `${set}/getImageFrame`,
    `${set}/listImageSetVersions`,
    `${set}/copyImageSet`,
    `${set}/updateImageSetMetadata`,
    `/startDICOMImportJob/datastore/${place.datastoreId}`,
    `/listDICOMImportJobs/datastore/${place.datastoreId}`,
    `/tags/arn%3Aaws%3Amedical-imaging%3Aus-east-1%3A123456789012%3Adatastore%2F${place.datastoreId}`,
    `${store}/studies`,
    `${store}/studies/2.25.10`,
    `${store}/instances`,
    `${store}/studies/2.25.10/series`,
    `${store}/studies/2.25.10/series/2.25.100/metadata`,
    `${store}/studies/2.25.10/series/2.25.100/instances/2.25.1`,
    `${store}/studies/2.25.10/series/2.25.100/instances/2.25.1/frames/1`,
    '/_emulator/counters',
  ]
}

async function send(path: string, init: RequestInit): Promise<number> {
  const response = await fetch(`${emulator.endpoint}${path}`, init)
  const body = await response.text()
  if (response.status >= 400 && response.headers.get('content-type') === 'application/json') {
    const { message }: { message?: unknown } = JSON.parse(body)
    if (typeof message !== 'string' || response.headers.get('x-amzn-errortype') === null) throw new Error(body)
  }
  if (response.status >= 500)
    throw new Error(
      `${init.method} ${path} ${typeof init.body === 'string' ? init.body : ''}: ${response.status} ${body}`,
    )
  return response.status
}

const members = constantFrom(
  'filters',
  'sort',
  'sortField',
  'sortOrder',
  'operator',
  'values',
  'imageFrameId',
  'sourceImageSet',
  'latestVersionId',
  'DICOMCopies',
  'copiableAttributes',
  'destinationImageSet',
  'imageSetId',
  'DICOMUpdates',
  'updatableAttributes',
  'removableAttributes',
  'revertToVersionId',
  'datastoreName',
  'clientToken',
  'tags',
  'importConfiguration',
  'rules',
  'dicomJsonMetadataImportConfiguration',
  'dicomMetadataMappings',
  'DICOMPatientId',
  'createdAt',
  'fault',
  'kind',
)
const values = oneof(text, jsonValue({ maxDepth: 3 }), array(jsonValue({ maxDepth: 2 }), { maxLength: 3 }))
const nested = dictionary(
  oneof(members, text),
  oneof(values, dictionary(oneof(members, text), values, { maxKeys: 3 })),
  {
    maxKeys: 4,
  },
)

test('answers any JSON body like the service', async () => {
  await assert(
    asyncProperty(constantFrom(...paths()), oneof(nested, values), async (path, body) => {
      await send(path, { method: 'POST', body: JSON.stringify(body) ?? '' })
    }),
    { numRuns: 400 },
  )
})

function isDeletion(method: string, path: string): boolean {
  return method === 'DELETE' && /^\/datastore\/\w+$/.test(path)
}

test('answers any path, query and headers like the service', async () => {
  const names = constantFrom(
    'limit',
    'offset',
    'includefield',
    'PatientName',
    'StudyDate',
    'version',
    'maxResults',
    'nextToken',
    'tagKeys',
    'latestVersion',
    'imageSetId',
    'constructor',
    '__proto__',
  )
  const accept = oneof(
    text,
    constantFrom('application/dicom; transfer-syntax=', 'multipart/related; type=', 'image/*;transfer-syntax='),
  )
  const request = record({
    method: constantFrom('GET', 'POST', 'DELETE'),
    path: constantFrom(...paths()),
    more: array(text, { maxLength: 2 }),
    query: dictionary(oneof(names, text), text, { maxKeys: 3 }),
    accept: array(accept, { maxLength: 3 }),
  })
  await assert(
    asyncProperty(request, async ({ method, path, more, query, accept: ranges }) => {
      const whole = [path, ...more.map((part) => encodeURIComponent(part.toWellFormed()))].join('/')
      if (isDeletion(method, whole)) return
      const headers = { accept: ranges.join('').replaceAll(/[^ -~]/g, '~') }
      await send(`${whole}?${new URLSearchParams(query).toString()}`, { method, headers })
    }),
    { numRuns: 400 },
  )
})

test.each([
  ['searchImageSets', `{"filters":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
  [
    'searchImageSets',
    `{"sort":{"sortField":"createdAt","sortOrder":"ASC","x":${'['.repeat(200_000)}${']'.repeat(200_000)}}}`,
  ],
  ['searchImageSets', `{"filters":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`],
  ['searchImageSets', `{"filters":[{"operator":"EQUAL","values":[{"constructor":"x"}]}]}`],
])('answers deeply nested and malicious documents: %s %#', async (operation, body) => {
  expect(await send(`/datastore/${place.datastoreId}/${operation}`, { method: 'POST', body })).toBeLessThan(500)
})

test.each([
  '{"Study":{"Series":{"__proto__":{"Instances":{"constructor":{}}}}}}',
  '{"Study":{"Series":{"constructor":{"Instances":{"__proto__":{}}}}}}',
  '{"__proto__":{"Series":{}}}',
  `{"Study":{"Series":${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}}}`,
])('answers malicious copies: %#', async (copiableAttributes) => {
  const set = `/datastore/${place.datastoreId}/imageSet/${place.imageSetId}`
  const body = JSON.stringify({ sourceImageSet: { latestVersionId: '1', DICOMCopies: { copiableAttributes } } })
  expect(await send(`${set}/copyImageSet`, { method: 'POST', body })).toBeLessThan(500)
  await vi.waitFor(async () => {
    const response = await fetch(`${emulator.endpoint}${set}/getImageSet`, { method: 'POST' })
    expect(await response.text()).toContain('"imageSetState":"ACTIVE"')
  })
})

test.each(['constructor', '__proto__', 'toString'])('answers the transfer syntax %s', async (name) => {
  const instance = `/datastore/${place.datastoreId}/studies/2.25.10/series/2.25.100/instances/2.25.1`
  for (const type of [
    'application/dicom',
    'application/octet-stream',
    'image/jp2',
    'multipart/related; type="image/jp2"',
  ]) {
    const headers = { accept: `${type}; transfer-syntax=${name}` }
    expect(await send(instance, { headers })).toBe(406)
    expect(await send(`${instance}/frames/1`, { headers })).toBe(406)
  }
  const file = encodePart10({
    attributes: secondaryCaptureAttributes({ SOPInstanceUID: '2.25.9' }),
    transferSyntaxUid: name,
    pixelData: [new Uint8Array(4)],
  })
  const headers = { 'content-type': 'application/dicom' }
  const path = `/datastore/${place.datastoreId}/studies`
  expect(await send(path, { method: 'POST', headers, body: file })).toBeLessThan(500)
})

test('answers deeply nested updates, which are applied or fail', async () => {
  const deep = `{"SchemaVersion":1.1,"Study":{"DICOM":{"ProcedureCodeSequence":${'[{"A":'.repeat(1400)}1${'}]'.repeat(1400)}}}}`
  const updatableAttributes = Buffer.from(deep).toString('base64')
  const set = `/datastore/${place.datastoreId}/imageSet/${place.imageSetId}`
  const body = JSON.stringify({ DICOMUpdates: { updatableAttributes } })
  expect(await send(`${set}/updateImageSetMetadata?latestVersion=1&force=true`, { method: 'POST', body })).toBeLessThan(
    500,
  )
  await vi.waitFor(async () => {
    const response = await fetch(`${emulator.endpoint}${set}/getImageSet`, { method: 'POST' })
    expect(await response.text()).toContain('"imageSetState":"ACTIVE"')
  })
})

test.each([
  'GET / HTTP/1.1\r\n\r\n',
  'GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET // HTTP/1.1\r\nHost: x\r\n\r\n',
  'POST /datastore HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n',
  'POST /datastore HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
  'POST /datastore HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{',
  `GET /${'a'.repeat(100_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
  'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n',
  'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n',
  '\u0016\u0003\u0001\u0002\u0000\u0001',
])('the server keeps running after %j', async (bytes) => {
  const socket = connect(Number(new URL(emulator.endpoint).port), '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write(bytes)
  await new Promise((resolve) => setTimeout(resolve, 50))
  socket.destroy()
  const body = JSON.stringify({ imageFrameId })
  const path = `/datastore/${place.datastoreId}/imageSet/${place.imageSetId}/getImageFrame`
  expect(await send(path, { method: 'POST', body })).toBe(200)
})

const authorization =
  'AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/medical-imaging/aws4_request, SignedHeaders=host;x-amz-date, Signature=00'

test('answers any signature headers like the service', async () => {
  await using guarded = await startEmulator({
    authentication: { keys: [{ accessKeyId: 'AKID', secretAccessKey: 'secret' }], bearerTokens: ['a.b.c'] },
  })
  const parts = constantFrom(...authorization.split(/(?=[ ,=/;])/), '=', ',', 'Bearer ', 'a.b.c', '__proto__')
  const dates = constantFrom('20260101T000000Z', '20269999T999999Z', '00000000T000000Z', '20260101T000000', '', 'x')
  const signatures = oneof(
    array(parts, { maxLength: 12 }).map((all) => all.join('')),
    constantFrom(authorization),
  )
  await assert(
    asyncProperty(signatures, dates, text, async (signature, date, hash) => {
      const headers = {
        authorization: signature,
        'x-amz-date': date,
        'x-amz-content-sha256': hash.replaceAll(/[^ -~]/g, '~'),
      }
      const response = await fetch(`${guarded.endpoint}/datastore/x/studies`, { headers })
      const body = await response.text()
      if (response.status >= 500 || response.status < 400) throw new Error(`${response.status} ${body}`)
    }),
    { numRuns: 300 },
  )
})
