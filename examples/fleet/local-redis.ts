import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A server of Redis that ends with the example. */
export interface LocalRedis {
  readonly url: string
  close(): Promise<void>
}

/** Starts `redis-server` or `valkey-server`, or returns `undefined` if there is neither. */
export async function startRedis(): Promise<LocalRedis | undefined> {
  const program = ['redis-server', 'valkey-server'].find((name) => spawnSync(name, ['--version']).error === undefined)
  if (program === undefined) return undefined
  const folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-example-redis-'))
  const port = await freePort()
  const settings = ['--bind', '127.0.0.1', '--port', `${port}`, '--dir', folder, '--save', '', '--appendonly', 'yes']
  const server = spawn(program, settings, { stdio: ['ignore', 'pipe', 'inherit'] })
  let log = ''
  for await (const chunk of server.stdout.iterator({ destroyOnReturn: false })) {
    log += String(chunk)
    if (log.includes('Ready to accept connections')) break
  }
  server.stdout.resume()
  return {
    url: `redis://127.0.0.1:${port}`,
    async close() {
      const exit = once(server, 'exit')
      server.kill()
      await exit
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const address = probe.address()
  probe.close()
  await once(probe, 'close')
  if (address === null || typeof address === 'string') throw new Error('Cannot find a free port')
  return address.port
}
