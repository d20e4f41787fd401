import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { instancesOf } from './support/client.ts'
import { secondaryCapture } from './support/secondary-capture.ts'
import { hasCommand, hasPython, runPython } from './support/tools.ts'

const hasBoto3 = hasPython('boto3')
const hasAwsCli = hasCommand('aws', '--version')

/** The settings of a user without an AWS account: any keys, and no `runtime-` before the host. */
const clientEnvironment = {
  AWS_ACCESS_KEY_ID: 'any',
  AWS_SECRET_ACCESS_KEY: 'any',
  AWS_DEFAULT_REGION: 'us-east-1',
  AWS_DISABLE_HOST_PREFIX_INJECTION: 'true',
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_PAGER: '',
}

describe('clients in Python', () => {
  let emulator: Emulator
  let folder: string

  beforeAll(async () => {
    emulator = await startEmulator()
    await emulator.createDatastore({ name: 'second' })
    folder = await mkdtemp(join(tmpdir(), 'ahi-emulator-test-'))
    const series = [1, 2, 3].map((number) => secondaryCapture({ SeriesInstanceUID: `2.25.100.${number}` }))
    await emulator.importDicom(series)
    for (const file of series) await emulator.importDicom([file])
  })

  afterAll(async () => {
    await emulator.close()
    await rm(folder, { recursive: true, force: true })
  })

  test.skipIf(!hasBoto3)('boto3 reads everything, including pages and errors', async () => {
    const args = [emulator.endpoint, emulator.datastoreId]
    expect(await runPython('boto3_client.py', { args, environment: clientEnvironment })).toEqual({
      datastores: ['ACTIVE', 'ACTIVE'],
      datastore: true,
      imageSets: 3,
      imageSet: 'ACTIVE',
      versions: [
        ['2', 'IMPORTED'],
        ['1', 'CREATED'],
      ],
      encoding: 'gzip',
      contentType: 'image/jph',
      frameLength: true,
      missing: ['ResourceNotFoundException', 404],
      malformed: ['ValidationException', 400],
    })
  })

  test.skipIf(!hasAwsCli)('the AWS CLI searches, and saves metadata and a frame', { timeout: 120_000 }, async () => {
    const { datastoreId } = emulator
    const filters = JSON.stringify({
      filters: [{ operator: 'EQUAL', values: [{ DICOMSeriesInstanceUID: '2.25.100.2' }] }],
    })
    const found = await aws('search-image-sets', '--datastore-id', datastoreId, '--search-criteria', filters)
    const [imageSet] = found.imageSetsMetadataSummaries
    expect(imageSet).toMatchObject({ version: 2, DICOMTags: { DICOMSeriesInstanceUID: '2.25.100.2' } })
    const place = ['--datastore-id', datastoreId, '--image-set-id', imageSet.imageSetId]
    const document = join(folder, 'metadata.json.gz')
    expect(await aws('get-image-set-metadata', ...place, document)).toMatchObject({ contentEncoding: 'gzip' })
    const [instance] = instancesOf(parseImageSetMetadata(await readFile(document)))
    const [frame] = instance?.ImageFrames ?? []
    const path = join(folder, 'frame.jph')
    const information = JSON.stringify({ imageFrameId: frame?.ID })
    await aws('get-image-frame', ...place, '--image-frame-information', information, path)
    expect(await readFile(path)).toHaveLength(frame?.FrameSizeInBytes ?? 0)
    expect(await aws('list-datastores')).toMatchObject({ datastoreSummaries: [{}, {}] })
    expect(await aws('list-image-set-versions', ...place)).toMatchObject({ imageSetPropertiesList: [{}, {}] })
    await expect(aws('get-datastore', '--datastore-id', 'A')).rejects.toThrow(/ValidationException/)
  })

  async function aws(...args: readonly string[]) {
    const env = { ...process.env, ...clientEnvironment, AWS_ENDPOINT_URL_MEDICAL_IMAGING: emulator.endpoint }
    const { stdout } = await promisify(execFile)('aws', ['medical-imaging', ...args, '--output', 'json'], { env })
    return JSON.parse(stdout)
  }
})
