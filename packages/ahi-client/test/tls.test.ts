import { readFileSync } from 'node:fs'
import { createServer } from 'node:https'
import tls from 'node:tls'

import { afterAll, beforeAll, expect, test, vi } from 'vitest'

import { frame, gathered, instance, testClient } from './fixtures.ts'

// Key and certificate for localhost, by openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes
// -days 36500 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1.
const pem = readFileSync(new URL('fixtures/localhost.pem', import.meta.url), 'utf8')
const body = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff)

let sockets = 0
const server = createServer({ key: pem, cert: pem }, (request, response) => {
  request.resume()
  response.writeHead(200, { 'content-type': 'image/jph', 'content-length': String(body.length) })
  response.end(body)
})
server.on('secureConnection', () => (sockets += 1))

beforeAll(async () => {
  // An AWS_CA_BUNDLE of this machine would replace the default authorities.
  vi.stubEnv('AWS_CA_BUNDLE', undefined)
  tls.setDefaultCACertificates([pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'))])
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterAll(() => void server.close())

test('reads frames and instances over TLS on connections that are reused', async () => {
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  await using client = testClient(`https://127.0.0.1:${port}`, { maxConnections: 2 })
  for (let round = 0; round < 3; round += 1) {
    const [whole, stream] = await Promise.all([client.getImageFrame(frame), client.getDICOMInstance(instance)])
    expect(whole.data).toEqual(body)
    expect(await gathered(stream.data)).toEqual(body)
  }
  expect(sockets).toBe(2)
})
