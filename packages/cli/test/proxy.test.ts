import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { runCli } from './support/run-cli.ts'

const credentials = { AWS_ACCESS_KEY_ID: 'any', AWS_SECRET_ACCESS_KEY: 'any', AWS_REGION: 'us-east-1' }

/** Tests the bundle, because the proxy agent is CommonJS and requires modules of Node.js. */
test('the built command goes through the proxy of HTTPS_PROXY', async () => {
  const requests: string[] = []
  const proxy = createServer((socket) => {
    socket
      .on('error', () => {})
      .once('data', (data) => {
        requests.push(data.toString('latin1').split('\r\n')[0] ?? '')
        socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n')
      })
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  const address = proxy.address()
  assert(typeof address === 'object' && address !== null)
  const env = { ...credentials, HTTPS_PROXY: `http://127.0.0.1:${address.port}` }
  const { exitCode, stderr } = await runCli(['search', '--datastore-id', 'a'.repeat(32)], { env })
  proxy.close()
  expect(requests[0]).toBe('CONNECT runtime-medical-imaging.us-east-1.amazonaws.com:443 HTTP/1.1')
  expect(stderr).toContain('the proxy asks for a user name and a password (407); give them in HTTPS_PROXY')
  expect(exitCode).not.toBe(0)
})
