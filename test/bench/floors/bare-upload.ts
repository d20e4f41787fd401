/** Uploads COUNT objects of BYTES each, eight at a time, with the client alone: node bare-upload.ts ENDPOINT COUNT BYTES */
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { meterWork } from '../measure/work-meter.ts'

const [endpoint = '', count = '0', byteLength = '0'] = process.argv.slice(2)
const body = new Uint8Array(Number(byteLength)).fill(7)
const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' }
const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials })
let next = 0
await meterWork(async () => {
  await Promise.all(Array.from({ length: 8 }, uploadObjects))
})
client.destroy()

async function uploadObjects(): Promise<void> {
  while (next < Number(count)) {
    const key = `bare/${next++}`
    await client.send(new PutObjectCommand({ Bucket: 'bench', Key: key, Body: body, ChecksumAlgorithm: 'SHA256' }))
  }
}
