import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'

/** A Redis server for one test. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Restarts the server on the same port, with the same folder. */
  start(): Promise<void>
  /** Kills the server, as a crash does. */
  kill(): Promise<void>
  /** A client for the test, closed with the server. */
  readonly client: Redis
}

/** Whether redis-server is installed. If not, prints that tests are skipped, or throws in CI. */
export const hasRedis: boolean = findRedis()

function findRedis(): boolean {
  const isThere = spawnSync('redis-server', ['--version']).error === undefined
  if (isThere) return true
  if (process.env['CI'] !== undefined) throw new Error('redis-server is needed in CI')
  console.warn('skipped: redis-server is not installed')
  return false
}

/** Starts a server on a free port, with a new folder. */
export async function startRedis(...args: readonly string[]): Promise<RedisServer> {
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'fleet-redis-'))
  const client = new Redis({ port, lazyConnect: true, maxRetriesPerRequest: null, retryStrategy: () => 50 })
  client.on('error', () => undefined)
  let server = await spawnRedis(port, folder, args)

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return
    const exit = once(server, 'exit')
    server.kill('SIGKILL')
    await exit
  }

  return {
    url: `redis://127.0.0.1:${port}/0`,
    port,
    client,
    kill,
    async start() {
      server = await spawnRedis(port, folder, args)
    },
    async [Symbol.asyncDispose]() {
      client.disconnect()
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function spawnRedis(port: number, folder: string, args: readonly string[]) {
  const base = ['--port', `${port}`, '--dir', folder, '--save', '', '--bind', '127.0.0.1']
  const server = spawn('redis-server', [...base, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  let log = ''
  for await (const chunk of server.stdout.iterator({ destroyOnReturn: false })) {
    log += String(chunk)
    if (log.includes('Ready to accept connections')) {
      server.stdout.resume()
      return server
    }
  }
  throw new Error(`redis-server did not start: ${log}`)
}

/** Returns a free port. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return address.port
}
