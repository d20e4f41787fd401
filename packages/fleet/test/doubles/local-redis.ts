import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/** A Redis of a test, which keeps its data in a folder of its own. */
export interface LocalRedis extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Ends it as a power cut does. */
  kill(): Promise<void>
  /** Starts it again, with what it has kept. */
  start(): Promise<void>
}

/** Starts a Redis. With `appendonly`, each write is on the disk before it is answered. */
export async function startLocalRedis({ appendonly = false } = {}): Promise<LocalRedis> {
  const directory = await mkdtemp(join(tmpdir(), 'ahi-dicom-redis-'))
  const port = await freePort()
  const kept = appendonly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : []
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', directory, ...kept]
  let server: ChildProcess | undefined

  async function kill(): Promise<void> {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return
    const exited = once(server, 'exit')
    server.kill('SIGKILL')
    await exited
    server = undefined
  }

  async function start(): Promise<void> {
    server = spawn('redis-server', args, { stdio: 'ignore' })
    const client = new Redis({ port, maxRetriesPerRequest: null, retryStrategy: () => 20 })
    client.on('error', () => undefined)
    await client.ping()
    client.disconnect()
  }

  await start()
  return {
    url: `redis://127.0.0.1:${port}/0`,
    port,
    kill,
    start,
    async [Symbol.asyncDispose]() {
      await kill()
      await rm(directory, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('Cannot find a free port')
  return address.port
}
