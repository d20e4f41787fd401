import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import type { Emulator } from '@ahi-dicom/ahi-emulator'
import { mustSkip } from '../interop/tools.ts'
import { inputFiles } from './input-files.ts'
import { startS3 } from './local-s3.ts'
import type { LocalS3 } from './local-s3.ts'
import { isRemote } from './remote.ts'

const isSkipped = isRemote || mustSkip('the suite against a remote service', { pythonModules: ['moto', 'flask'] })

/** Runs against an emulator through the same settings as against AWS. */
describe.skipIf(isSkipped)('with REMOTE=1 the suite', () => {
  let s3: LocalS3
  let service: Emulator

  beforeAll(async () => {
    s3 = await startS3('theirs')
    for (const { name, bytes } of inputFiles('javascript')) await s3.put(`in/javascript/${name}`, bytes)
    service = await startEmulator({ s3: { endpoint: s3.endpoint } })
  })

  afterAll(async () => {
    await service.close()
    await s3.close()
  })

  test('says what it would change, and sends nothing', async () => {
    const { printed, isPassed } = await runSuite({})
    expect(printed).toContain(`changes at ${service.endpoint}, data store ${service.datastoreId}`)
    expect(printed).toContain('StartDICOMImportJob: imports the study of the client')
    expect(printed).toContain('Nothing was sent')
    expect(isPassed).toBe(true)
    expect(service.counters().requests).toEqual({})
  })

  test('begins when it is confirmed, and leaves neither data stores nor image sets behind', async () => {
    const { printed, isPassed } = await runSuite({ REMOTE_CONFIRM: '1' })
    expect({ printed, isPassed }).toMatchObject({ isPassed: true })
    const { requests } = service.counters()
    expect(requests).toMatchObject({ StartDICOMImportJob: { '200': 2 }, DeleteDatastore: { '200': 1 } })
    const { endpoint, datastoreId } = service
    const response = await fetch(`${endpoint}/datastore/${datastoreId}/searchImageSets`, { method: 'POST', body: '{}' })
    expect(await response.json()).toMatchObject({ imageSetsMetadataSummaries: [] })
  })

  /** The suite as a user runs it, with one client. */
  function runSuite(environment: NodeJS.ProcessEnv): Promise<{ readonly printed: string; readonly isPassed: boolean }> {
    const vitest = fileURLToPath(new URL('vitest.mjs', import.meta.resolve('vitest/package.json')))
    const config = fileURLToPath(new URL('vitest.config.ts', import.meta.url))
    const args = [vitest, 'run', '--config', config, 'conformance.test.ts', '--testNamePattern', 'javascript']
    const remote = {
      REMOTE: '1',
      REMOTE_ENDPOINT_URL: service.endpoint,
      REMOTE_REGION: 'us-east-1',
      REMOTE_DATASTORE_ID: service.datastoreId,
      REMOTE_ROLE_ARN: 'arn:aws:iam::123456789012:role/importer',
      REMOTE_INPUT_S3_URI: 's3://theirs/in/',
      REMOTE_OUTPUT_S3_URI: 's3://theirs/out/',
    }
    const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], ...remote, ...environment }
    return new Promise((resolve) => {
      execFile(process.execPath, args, { env }, (error, stdout, stderr) => {
        resolve({ printed: stdout + stderr, isPassed: error === null })
      })
    })
  }
})
