import { createHttpTransport } from '@ahi-dicom/ahi-client/http'
import { expect, test } from 'vitest'
import { json, scriptedService } from './scripted-service.ts'

test('certificates are loaded only by the first https request, because loading takes time', async () => {
  await using service = await scriptedService(json({ a: 1 }))
  let reads = 0
  const certificates: string[] = []
  certificates[Symbol.iterator] = () => {
    reads += 1
    return [][Symbol.iterator]()
  }
  const bounds = { timeoutMs: 5000, requestDeadlineMs: 5000, streamDeadlineMs: 5000, minBytesPerSecond: 0 }
  const transport = createHttpTransport({ ...bounds, maxConnections: 1, certificates })
  const { hostname, port } = new URL(service.endpoint)
  const target = { protocol: 'http:', hostname, port: Number(port) }
  const request = {
    ...target,
    method: 'GET',
    path: '/',
    headers: { host: hostname },
    body: undefined,
    limit: { byteLength: 100 },
  }
  expect(await transport.send(request, undefined)).toMatchObject({ statusCode: 200 })
  expect(reads).toBe(0)
  for (let count = 0; count < 2; count += 1) {
    await expect(transport.send({ ...request, protocol: 'https:' }, undefined)).rejects.toThrow('TLS')
  }
  expect(reads).toBe(1)
  transport.close()
})
