import { expect, test } from 'vitest'
import { s3Destination } from '@ahi-dicom/exporter-s3'

test('nobody at the address is an outage, after some attempts', async () => {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  const destination = s3Destination({ bucket: 'my-bucket', endpoint: 'http://127.0.0.1:1', credentials })
  await expect(destination.check?.()).rejects.toMatchObject({ code: 'OUTPUT_UNREACHABLE', retryable: true })
})
