import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { expect, onTestFinished, test, vi } from 'vitest'
import { call } from './support/client.ts'
import { secondaryCapture } from './support/secondary-capture.ts'
import { hasPython } from './support/tools.ts'

/** A local S3 (moto) on a free port. */
async function startS3(): Promise<string> {
  const server = spawn('python3', ['-m', 'moto.server', '--port', '0'], {
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
  })
  onTestFinished(async () => {
    server.kill()
    await once(server, 'exit')
  })
  for await (const line of createInterface(server.stderr)) {
    const [, endpoint] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line) ?? []
    if (endpoint !== undefined) return endpoint
  }
  throw new Error('moto has ended')
}

test.skipIf(!hasPython('moto.server', 'flask'))('jobs read from and write to an S3', async () => {
  const endpoint = await startS3()
  const credentials = { accessKeyId: 'any', secretAccessKey: 'any' }
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true })
  onTestFinished(() => s3.destroy())
  await s3.send(new CreateBucketCommand({ Bucket: 'studies' }))
  for (const [index, key] of ['in/a.dcm', 'in/deep/er/b.dcm', 'other/c.dcm'].entries()) {
    const body = secondaryCapture({ SOPInstanceUID: `2.25.${index + 1}` })
    await s3.send(new PutObjectCommand({ Bucket: 'studies', Key: key, Body: body }))
  }
  await using emulator = await startEmulator({ s3: { endpoint, credentials } })
  const { datastoreId } = emulator
  const { json } = await call(emulator.endpoint, `/startDICOMImportJob/datastore/${datastoreId}`, {
    body: {
      clientToken: 'one',
      dataAccessRoleArn: 'arn:aws:iam::123456789012:role/importer',
      inputS3Uri: 's3://studies/in/',
      outputS3Uri: 's3://studies/out',
    },
  })
  const path = `/getDICOMImportJob/datastore/${datastoreId}/job/${String(json['jobId'])}`
  const job = await vi.waitFor(async () => {
    const properties = Object((await call(emulator.endpoint, path, { method: 'GET' })).json['jobProperties'])
    expect(properties.endedAt).toBeGreaterThan(0)
    return properties
  }, 20_000)
  const prefix = `out/${datastoreId}-DicomImport-${String(json['jobId'])}/`
  expect(job).toMatchObject({ jobStatus: 'COMPLETED', outputS3Uri: `s3://studies/${prefix}` })
  const read = async (name: string): Promise<string> => {
    const { Body: body } = await s3.send(new GetObjectCommand({ Bucket: 'studies', Key: `${prefix}${name}` }))
    return body?.transformToString() ?? ''
  }
  expect(JSON.parse(await read('job-output-manifest.json'))).toMatchObject({
    jobSummary: { numberOfScannedFiles: 2, numberOfImportedFiles: 2, numberOfGeneratedImageSets: 1 },
  })
  expect((await read('SUCCESS/success.ndjson')).match(/"inputFile":"[^"]*"/g)).toEqual([
    '"inputFile":"in/a.dcm"',
    '"inputFile":"in/deep/er/b.dcm"',
  ])
})
