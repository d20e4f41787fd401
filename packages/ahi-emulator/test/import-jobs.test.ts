import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { call, type Answer } from './support/client.ts'
import { secondaryCapture } from './support/secondary-capture.ts'

const roleArn = 'arn:aws:iam::123456789012:role/importer'

describe('import jobs', () => {
  let emulator: Emulator
  let folder: string
  let request: Record<string, string>
  let token = 0

  beforeAll(async () => {
    emulator = await startEmulator()
    folder = await mkdtemp(join(tmpdir(), 'ahi-import-jobs-'))
    await mkdir(join(folder, 'in', 'sub'), { recursive: true })
    await writeFile(join(folder, 'in', 'a.dcm'), secondaryCapture({ SOPInstanceUID: '2.25.1' }))
    await writeFile(join(folder, 'in', 'sub', 'b.dcm'), secondaryCapture({ SOPInstanceUID: '2.25.2' }))
    await writeFile(
      join(folder, 'in', 'c.dcm'),
      secondaryCapture({ SOPInstanceUID: '2.25.3', SeriesInstanceUID: '2.25.300' }),
    )
    await writeFile(join(folder, 'in', 'notes.txt'), 'no DICOM')
    const [inputS3Uri, outputS3Uri] = ['in', 'out'].map((name) => pathToFileURL(join(folder, name)).href)
    request = { dataAccessRoleArn: roleArn, inputS3Uri: inputS3Uri ?? '', outputS3Uri: outputS3Uri ?? '' }
  })

  afterAll(async () => {
    await emulator.close()
    await rm(folder, { recursive: true })
  })

  function start(body: Record<string, unknown>): Promise<Answer> {
    token += 1
    const path = `/startDICOMImportJob/datastore/${emulator.datastoreId}`
    return call(emulator.endpoint, path, { body: { clientToken: `token-${token}`, ...request, ...body } })
  }

  async function jobOf(jobId: unknown): Promise<Record<string, unknown>> {
    const path = `/getDICOMImportJob/datastore/${emulator.datastoreId}/job/${String(jobId)}`
    return Object((await call(emulator.endpoint, path, { method: 'GET' })).json['jobProperties'])
  }

  function list(query: string): Promise<Answer> {
    return call(emulator.endpoint, `/listDICOMImportJobs/datastore/${emulator.datastoreId}?${query}`, { method: 'GET' })
  }

  /** Returns the properties of a job after it has ended. */
  async function ended({ json }: Answer): Promise<Record<string, unknown>> {
    return vi.waitFor(async () => {
      const job = await jobOf(json['jobId'])
      expect(job['endedAt']).toBeGreaterThan(0)
      return job
    }, 20_000)
  }

  test('import a folder, and report the result of every file', async () => {
    const answer = await start({ jobName: 'first' })
    expect(answer.json).toEqual({
      datastoreId: emulator.datastoreId,
      jobId: expect.stringMatching(/^[0-9a-z]{32}$/),
      jobStatus: 'SUBMITTED',
      submittedAt: expect.any(Number),
    })
    const job = await ended(answer)
    const output = `${request['outputS3Uri']}/${emulator.datastoreId}-DicomImport-${String(job['jobId'])}/`
    expect(job).toMatchObject({
      jobName: 'first',
      jobStatus: 'COMPLETED',
      inputS3Uri: request['inputS3Uri'],
      outputS3Uri: output,
      dataAccessRoleArn: roleArn,
    })
    const written = new URL(output)
    expect((await readdir(written)).sort()).toEqual(['FAILURE', 'SUCCESS', 'job-output-manifest.json'])
    const { jobSummary } = JSON.parse(await readFile(new URL('job-output-manifest.json', written), 'utf8'))
    expect(jobSummary).toMatchObject({
      jobId: job['jobId'],
      successOutputS3Uri: `${output}SUCCESS/`,
      numberOfScannedFiles: 4,
      numberOfImportedFiles: 3,
      numberOfFilesWithCustomerError: 1,
      numberOfGeneratedImageSets: 2,
    })
    expect(jobSummary.imageSetsSummary).toEqual(
      expect.arrayContaining([
        { imageSetId: expect.any(String), imageSetVersion: 1, isPrimary: true, numberOfMatchedSOPInstances: 2 },
        { imageSetId: expect.any(String), imageSetVersion: 1, isPrimary: true, numberOfMatchedSOPInstances: 1 },
      ]),
    )
    const success = await lines(new URL('SUCCESS/success.ndjson', written).pathname)
    expect(success).toContainEqual({
      inputFile: join(folder, 'in', 'sub', 'b.dcm'),
      importResponse: { imageSetId: expect.any(String), imageSetVersion: 1, isPrimary: true },
    })
    expect(await lines(new URL('FAILURE/failure.ndjson', written).pathname)).toEqual([
      {
        inputFile: join(folder, 'in', 'notes.txt'),
        exception: { exceptionType: 'ValidationException', message: expect.stringContaining('DICM') },
      },
    ])
  })

  test('accept folders with one slash, as the AWS CLI needs', async () => {
    const [inputS3Uri, outputS3Uri] = ['in', 'out'].map((name) => `file:${join(folder, name)}`)
    expect(await ended(await start({ inputS3Uri, outputS3Uri }))).toMatchObject({ jobStatus: 'COMPLETED', inputS3Uri })
  })

  test('a repeated request starts no new job', async () => {
    const first = await start({ clientToken: 'again', jobName: 'twice' })
    await ended(first)
    const second = await start({ clientToken: 'again', jobName: 'twice' })
    expect(second.json).toEqual({ ...first.json, jobStatus: 'COMPLETED' })
    expect((await start({ clientToken: 'again', jobName: 'other' })).status).toBe(409)
  })

  test('are listed in pages and by status, the newest first', async () => {
    await ended(await start({ jobName: 'newest' }))
    const first = await list('maxResults=1&jobStatus=COMPLETED')
    expect(first.json['jobSummaries']).toMatchObject([{ jobName: 'newest', jobStatus: 'COMPLETED' }])
    const next = encodeURIComponent(String(first.json['nextToken']))
    expect((await list(`maxResults=1&jobStatus=COMPLETED&nextToken=${next}`)).json['jobSummaries']).toMatchObject([
      { jobName: 'twice' },
    ])
    expect((await list('jobStatus=SUBMITTED')).json).toEqual({ jobSummaries: [] })
  })

  test('fail if there is nothing to import', async () => {
    const missing = await ended(await start({ inputS3Uri: `${request['inputS3Uri']}/nowhere` }))
    expect(missing).toMatchObject({ jobStatus: 'FAILED', message: expect.stringContaining('no such file or folder') })
  })

  test.each([
    [{ dataAccessRoleArn: 'me' }, 'dataAccessRoleArn'],
    [{ inputS3Uri: 'https://elsewhere' }, 'inputS3Uri'],
    [{ outputS3Uri: null }, 'outputS3Uri'],
    [{ inputOwnerAccountId: '12' }, 'inputOwnerAccountId'],
    [{ inputS3Uri: 's3://bucket/in/' }, 'S3 endpoint'],
  ])('refuses %j', async (body, named) => {
    const { status, json, headers } = await start(body)
    expect([status, headers.get('x-amzn-errortype')]).toEqual([400, 'ValidationException'])
    expect(json['message']).toContain(named)
  })

  test('a data store with unfinished jobs cannot be deleted', async () => {
    const { datastoreId } = await emulator.createDatastore()
    const path = `/startDICOMImportJob/datastore/${datastoreId}`
    const body = { ...request, clientToken: 'busy' }
    const [answer, deletion] = await Promise.all([
      call(emulator.endpoint, path, { body }),
      call(emulator.endpoint, path, { body: { ...body, clientToken: 'busy-2' } }).then(() =>
        call(emulator.endpoint, `/datastore/${datastoreId}`, { method: 'DELETE' }),
      ),
    ])
    expect(answer.status).toBe(200)
    expect(deletion.status).toBe(409)
  })
})

async function lines(path: string): Promise<unknown[]> {
  return (await readFile(path, 'utf8'))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

test('an unfinished job has failed after a restart', async () => {
  const data = await mkdtemp(join(tmpdir(), 'ahi-import-jobs-'))
  const input = join(data, 'in')
  await mkdir(input)
  for (let index = 0; index < 20; index += 1)
    await writeFile(join(input, `${index}.dcm`), secondaryCapture({ SOPInstanceUID: `2.25.${index}` }))
  const uri = pathToFileURL(input).href
  const path = async (emulator: Emulator, index: number): Promise<Answer> =>
    call(emulator.endpoint, `/startDICOMImportJob/datastore/${emulator.datastoreId}`, {
      body: {
        clientToken: `t${index}`,
        dataAccessRoleArn: roleArn,
        inputS3Uri: uri,
        outputS3Uri: pathToFileURL(join(data, 'out')).href,
      },
    })
  const first = await startEmulator({ data })
  await path(first, 1)
  const { json } = await path(first, 2)
  await first.close()
  await using second = await startEmulator({ data })
  const answer = await call(
    second.endpoint,
    `/getDICOMImportJob/datastore/${second.datastoreId}/job/${String(json['jobId'])}`,
    { method: 'GET' },
  )
  expect(answer.json['jobProperties']).toMatchObject({
    jobStatus: 'FAILED',
    message: 'The emulator was stopped before the job had ended',
  })
  await rm(data, { recursive: true })
})
