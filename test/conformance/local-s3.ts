import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** An S3 on this machine with one bucket. */
export interface LocalS3 {
  readonly endpoint: string
  put(key: string, body: Uint8Array): Promise<void>
  get(key: string): Promise<string>
  close(): Promise<void>
}

/** Starts moto's S3, which lets everybody in. */
export async function startS3(bucket: string): Promise<LocalS3> {
  const server = spawn('python3', ['-m', 'moto.server', '--port', '0'], {
    env: { ...process.env, PYTHONUNBUFFERED: '1' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const exit = once(server, 'exit')
  const endpoint = await announcedEndpoint(createInterface(server.stderr))
  await request(`${endpoint}/${bucket}`, { method: 'PUT' })
  return {
    endpoint,
    async put(key, body) {
      await request(`${endpoint}/${bucket}/${key}`, { method: 'PUT', body: new Uint8Array(body) })
    },
    async get(key) {
      const response = await request(`${endpoint}/${bucket}/${key}`, {})
      return response.text()
    },
    async close() {
      server.kill()
      await exit
    },
  }
}

async function announcedEndpoint(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) {
    const [, endpoint] = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line) ?? []
    if (endpoint !== undefined) return endpoint
  }
  throw new Error('Cannot start moto: it ended')
}

async function request(url: string, init: RequestInit): Promise<Response> {
  const response = await fetch(url, init)
  if (!response.ok) throw new Error(`Cannot use ${url}: ${response.status} ${await response.text()}`)
  return response
}
