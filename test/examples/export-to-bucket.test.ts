import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { s3Credentials, s3Servers, type S3Server } from '../interop/s3-servers.ts'
import { mustSkip } from '../interop/tools.ts'
import { environmentOf, start } from './start.ts'

describe.skipIf(mustSkip('export-to-bucket', { commands: ['moto_server'] }))('export-to-bucket', () => {
  let emulator: Emulator
  let server: S3Server

  beforeAll(async () => {
    emulator = await startEmulator()
    await emulator.importDicom([...generateStudy({ ctSlices: 4, ultrasoundFrames: 0 })].map(({ data }) => data))
    const { moto } = s3Servers
    if (moto === undefined) throw new TypeError('moto is a server')
    server = await moto()
    const { endpoint } = server
    const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials: s3Credentials })
    await client.send(new CreateBucketCommand({ Bucket: 'example' }))
  })

  afterAll(async () => {
    await server[Symbol.asyncDispose]()
    await emulator.close()
  })

  test('writes a study into a bucket, verifies it, and finds it there the next time', async () => {
    const env = { ...environmentOf(emulator), AWS_ENDPOINT_URL_S3: server.endpoint }
    const first = await start('export-to-bucket', { args: ['example', 'a b'], env })
    expect(first).toContain('complete: 5 instances, 5 files in s3://example/a b')
    expect(first).toContain('5 of 5 files verified')
    expect(await start('export-to-bucket', { args: ['example', 'a b'], env })).toContain('complete: 0 instances')
  })

  test('says that it needs a bucket', async () => {
    expect(await start('export-to-bucket')).toContain('Skipped: no bucket is named')
  })
})
