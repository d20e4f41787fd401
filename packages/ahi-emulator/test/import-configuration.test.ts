import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { call, metadataOf, type Answer } from './support/client.ts'
import { getJson } from './support/dicomweb.ts'
import { secondaryCapture } from './support/secondary-capture.ts'
import { hasPython, runPython } from './support/tools.ts'

let emulator: Emulator
let folder: string

beforeEach(async () => {
  emulator = await startEmulator()
  folder = await mkdtemp(join(tmpdir(), 'ahi-import-configuration-'))
  await write('in/1.dcm', secondaryCapture({ SOPInstanceUID: '2.25.1', StudyDescription: 'of the file' }))
  await write('in/2.dcm', secondaryCapture({ SOPInstanceUID: '2.25.2', SeriesInstanceUID: '2.25.101' }))
  await write(
    'in/3.dcm',
    secondaryCapture({ SOPInstanceUID: '2.25.3', StudyInstanceUID: '2.25.11', SeriesInstanceUID: '2.25.102' }),
  )
})

afterEach(async () => {
  await emulator.close()
  await rm(folder, { recursive: true })
})

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), content instanceof Uint8Array ? content : JSON.stringify(content))
}

interface Mapping {
  readonly studyInstanceUID?: unknown
  readonly seriesInstanceUID?: unknown
  readonly metadataFilePath?: unknown
}

let token = 0

function start(importConfiguration: unknown, clientToken = `token-${(token += 1)}`): Promise<Answer> {
  const [inputS3Uri, outputS3Uri] = ['in/', 'out/'].map((name) => pathToFileURL(join(folder, name)).href)
  const dataAccessRoleArn = 'arn:aws:iam::123456789012:role/importer'
  const body = { clientToken, dataAccessRoleArn, inputS3Uri, outputS3Uri, importConfiguration }
  return call(emulator.endpoint, `/startDICOMImportJob/datastore/${emulator.datastoreId}`, { body })
}

function configuration(dicomMetadataMappings: unknown): unknown {
  return { dicomJsonMetadataImportConfiguration: { dicomMetadataMappings } }
}

async function run(mappings: readonly Mapping[]): Promise<Record<string, unknown>> {
  const { json } = await start(configuration(mappings))
  const path = `/getDICOMImportJob/datastore/${emulator.datastoreId}/job/${String(json['jobId'])}`
  return vi.waitFor(async () => {
    const { json: found } = await call(emulator.endpoint, path, { method: 'GET' })
    const job: Record<string, unknown> = Object(found['jobProperties'])
    expect(job['endedAt']).toBeGreaterThan(0)
    return job
  }, 20_000)
}

async function documents() {
  const { datastoreId, endpoint } = emulator
  const { json } = await call(endpoint, `/datastore/${datastoreId}/searchImageSets`, { body: {} })
  const summaries: { imageSetId: string }[] = Object(json['imageSetsMetadataSummaries'])
  const found = await Promise.all(summaries.map(({ imageSetId }) => metadataOf({ endpoint, datastoreId, imageSetId })))
  return new Map(found.map((document) => [Object.keys(document.Study.Series)[0], document]))
}

test('metadata of a study, a series and an instance replaces that of the files', async () => {
  await write('in/meta/study.json', {
    '0020000D': { vr: 'UI', Value: ['2.25.10'] },
    '00081030': { vr: 'LO', Value: ['Straße'] },
    '00100010': { vr: 'PN', Value: [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎' }] },
    '00101030': { vr: 'DS', Value: [71.5] },
    '0008103E': { vr: 'LO', Value: ['of the study'] },
    '00091001': { vr: 'US', Value: [7, 8] },
    '00090010': { vr: 'LO', Value: ['ACME'] },
    '00081140': { vr: 'SQ', Value: [{ '00081155': { vr: 'UI', Value: ['1.2.3'] } }] },
    '00280010': { vr: 'US', Value: [9] },
  })
  await write('in/meta/series.json', [
    { '0008103E': { vr: 'LO', Value: ['of the series'] } },
    { '00080018': { vr: 'UI', Value: ['2.25.2'] }, '00204000': { vr: 'LT', Value: ['a comment'] } },
    { '00080018': { vr: 'UI', Value: ['2.25.1'] }, '00204000': { vr: 'LT', Value: ['of another series'] } },
  ])
  const mappings = [
    { studyInstanceUID: '2.25.10', seriesInstanceUID: '2.25.101', metadataFilePath: 'meta/series.json' },
    { studyInstanceUID: '2.25.10', metadataFilePath: 'meta/study.json' },
  ]
  const job = await run(mappings)
  expect(job).toMatchObject({ jobStatus: 'COMPLETED', importConfiguration: configuration(mappings) })
  const found = await documents()
  const [first, second, other] = ['2.25.100', '2.25.101', '2.25.102'].map((series) => found.get(series))
  expect(first?.Patient.DICOM['PatientName']).toBe('Yamada^Tarou=山田^太郎')
  expect(first?.Study.DICOM).toMatchObject({ StudyDescription: 'Straße', PatientWeight: '71.5' })
  expect(first?.Study.Series['2.25.100']?.DICOM['SeriesDescription']).toBe('of the study')
  const instance = first?.Study.Series['2.25.100']?.Instances['2.25.1']
  expect(instance?.DICOM).toMatchObject({
    Rows: 2,
    '00090010': 'ACME',
    '00091001': [7, 8],
    ReferencedImageSequence: [{ ReferencedSOPInstanceUID: '1.2.3' }],
  })
  expect(instance?.DICOM['SpecificCharacterSet']).toBeUndefined()
  expect(instance?.DICOM['ImageComments']).toBeUndefined()
  expect(instance?.DICOMVRs).toMatchObject({ '00090010': 'LO', '00091001': 'US' })
  expect(second?.Study.Series['2.25.101']?.DICOM['SeriesDescription']).toBe('of the series')
  expect(second?.Study.Series['2.25.101']?.Instances['2.25.2']?.DICOM['ImageComments']).toBe('a comment')
  expect(other?.Patient.DICOM['PatientName']).toBe('Test^Anna')
  const output = new URL(String(job['outputS3Uri']))
  const manifest: unknown = JSON.parse(await readFile(new URL('job-output-manifest.json', output), 'utf8'))
  expect(manifest).toMatchObject({ jobSummary: { numberOfScannedFiles: 3, numberOfImportedFiles: 3 } })
  const warnings = await readFile(new URL('WARNING/warning.ndjson', output), 'utf8')
  expect(warnings).toContain('"warning_reason_code":45062,"type":"ElementsDiscarded"')
  const names = await getJson(`${emulator.endpoint}/datastore/${emulator.datastoreId}/studies?PatientName=Yamada*`)
  expect(names).toHaveLength(1)
})

test.each<[string, unknown, string]>([
  ['text that is not JSON', new TextEncoder().encode('{'), 'it is not JSON'],
  ['an array of text', ['x'], 'a data set is not an object'],
  ['a keyword', { PatientName: { vr: 'PN' } }, 'is not named by eight hexadecimal digits'],
  ['no vr', { '00100010': { Value: ['x'] } }, 'has no vr'],
  ['text instead of a number', { '00280010': { vr: 'US', Value: ['x'] } }, 'has a value that US cannot have'],
  [
    'bytes that are not UTF-8',
    Buffer.from('{"00081030":{"vr":"LO","Value":["Stra\xdfe"]}}', 'latin1'),
    'it is not UTF-8',
  ],
  ['a number too large for US', { '00091001': { vr: 'US', Value: [65_536] } }, 'a value that US cannot have'],
  ['a negative number for US', { '00091001': { vr: 'US', Value: [-1] } }, 'a value that US cannot have'],
  ['a fraction for SL', { '00091001': { vr: 'SL', Value: [1.5] } }, 'a value that SL cannot have'],
  ['a number too large for FL', { '00091001': { vr: 'FL', Value: [1e39] } }, 'a value that FL cannot have'],
  ['a number too large for UV', { '00091001': { vr: 'UV', Value: [`${2n ** 64n}`] } }, 'a value that UV cannot'],
  ['a number that JSON has rounded', { '00091001': { vr: 'SV', Value: [2 ** 53] } }, 'a value that SV cannot have'],
  ['half a surrogate pair', { '00081030': { vr: 'LO', Value: ['\ud800'] } }, 'a value that LO cannot have'],
  ['a backslash in a value', { '00081030': { vr: 'LO', Value: ['a\\b'] } }, 'a value that LO cannot have'],
  ['several values for LT', { '00204000': { vr: 'LT', Value: ['a', 'b'] } }, 'a value that LT cannot have'],
  ['an unknown VR', { '00100010': { vr: 'XX', Value: ['x'] } }, 'which is not known'],
])('a job fails for a metadata file with %s, and imports nothing', async (_, content, why) => {
  await write('in/bad.json', content)
  const job = await run([{ studyInstanceUID: '2.25.10', metadataFilePath: 'bad.json' }])
  expect(job).toMatchObject({ jobStatus: 'FAILED', message: expect.stringContaining(why) })
  expect((await documents()).size).toBe(0)
})

test('imports the limits of numeric VRs, and a backslash in a text, unchanged', async () => {
  const [greatest, least] = [2n ** 64n - 1n, -(2n ** 63n)]
  await write('in/ends.json', {
    '00090010': { vr: 'LO', Value: ['ACME'] },
    '00091001': { vr: 'US', Value: [0, 65_535, '7'] },
    '00091002': { vr: 'SS', Value: [-32_768, 32_767] },
    '00091003': { vr: 'UL', Value: [2 ** 32 - 1] },
    '00091004': { vr: 'SL', Value: [-(2 ** 31)] },
    '00091005': { vr: 'UV', Value: [`${greatest}`] },
    '00091006': { vr: 'SV', Value: [`${least}`, Number.MAX_SAFE_INTEGER] },
    '00091007': { vr: 'FL', Value: [0.1] },
    '00204000': { vr: 'LT', Value: ['a\\b'] },
  })
  expect(await run([{ studyInstanceUID: '2.25.10', metadataFilePath: 'ends.json' }])).toMatchObject({
    jobStatus: 'COMPLETED',
  })
  const instance = (await documents()).get('2.25.100')?.Study.Series['2.25.100']?.Instances['2.25.1']
  expect(instance?.DICOM).toMatchObject({
    '00091001': [0, 65_535, 7],
    '00091002': [-32_768, 32_767],
    '00091003': 2 ** 32 - 1,
    '00091004': -(2 ** 31),
    '00091005': greatest,
    '00091006': [least, Number.MAX_SAFE_INTEGER],
    '00091007': expect.closeTo(0.1, 6),
    ImageComments: 'a\\b',
  })
})

test('a job fails if a metadata file is missing', async () => {
  const job = await run([{ studyInstanceUID: '2.25.10', metadataFilePath: 'none.json' }])
  expect(job).toMatchObject({ jobStatus: 'FAILED', message: 'The metadata file none.json cannot be read' })
})

test.each<[string, unknown]>([
  ['another member', { other: {} }],
  ['no member', {}],
  ['text', 'x'],
  ['no mappings', configuration([])],
  ['too many mappings', configuration(Array.from({ length: 1001 }, () => ({})))],
  ['mappings that are not a list', configuration({})],
  ['a mapping without a study', configuration([{ metadataFilePath: 'x' }])],
  ['a mapping without a file', configuration([{ studyInstanceUID: '1.2' }])],
  ['an invalid study UID', configuration([{ studyInstanceUID: 'a', metadataFilePath: 'x' }])],
  ['a path that ends with a space', configuration([{ studyInstanceUID: '1.2', metadataFilePath: 'x ' }])],
  ['a path outside the folder', configuration([{ studyInstanceUID: '1.2', metadataFilePath: 'a/../../x' }])],
  [
    'a path that takes long to match',
    configuration([{ studyInstanceUID: '1.2', metadataFilePath: `${'a '.repeat(511)}é` }]),
  ],
])('%s is a ValidationException', async (_, importConfiguration) => {
  const { status, headers } = await start(importConfiguration)
  expect([status, headers.get('x-amzn-errortype')]).toEqual([400, 'ValidationException'])
})

test('refuses the same client token with another configuration', async () => {
  await write('in/a.json', {})
  const mapping = { studyInstanceUID: '2.25.10', metadataFilePath: 'a.json' }
  const first = await start(configuration([mapping]), 'same')
  expect(first.status).toBe(200)
  expect((await start(configuration([mapping]), 'same')).json['jobId']).toBe(first.json['jobId'])
  expect((await start(configuration([{ ...mapping, seriesInstanceUID: '1' }]), 'same')).status).toBe(409)
  expect((await start(undefined, 'same')).status).toBe(409)
})

test.skipIf(!hasPython('boto3'))('boto3 sends it and reads it back', async () => {
  await write('in/study.json', { '00081030': { vr: 'LO', Value: ['by boto3'] } })
  const mapping = { studyInstanceUID: '2.25.10', metadataFilePath: 'study.json' }
  const request = {
    endpoint: emulator.endpoint,
    datastoreId: emulator.datastoreId,
    inputS3Uri: `file:${join(folder, 'in')}/`,
    outputS3Uri: `file:${join(folder, 'out')}/`,
    importConfiguration: configuration([mapping]),
  }
  expect(await runPython('import_configuration.py', { input: request })).toEqual({
    jobStatus: 'COMPLETED',
    importConfiguration: configuration([mapping]),
  })
  expect((await documents()).get('2.25.100')?.Study.DICOM['StudyDescription']).toBe('by boto3')
})
