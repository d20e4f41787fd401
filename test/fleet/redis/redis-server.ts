import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from '../../interop/free-port.ts'

/** How a server is started. */
export interface RedisOptions {
  /** It keeps its append-only file in a new folder inside this one. */
  readonly folder: string
  /** `redis-server` or `valkey-server`. Default `redis-server`. */
  readonly program?: string
  readonly password?: string
  /** For example `20mb`: beyond it, writes are refused (`noeviction`). Default: no limit. */
  readonly maxMemory?: string
}

/** A Redis server with an append-only file. */
export interface RedisServer extends AsyncDisposable {
  /** Without the password. */
  readonly url: string
  /** Runs a command and returns the answer. */
  command(...args: readonly string[]): Promise<unknown>
  /** Returns the number of a line of INFO, such as `used_memory`. */
  info(name: string): Promise<number>
  /** Ends the process at once, as a crash does. */
  kill(): Promise<void>
  /** Starts it again, with what its append-only file has. Resolves when it answers. */
  restart(): Promise<void>
}

/** Starts a server on a free port. */
export async function startRedis(options: RedisOptions): Promise<RedisServer> {
  const port = await freePort()
  const directory = await mkdtemp(join(options.folder, 'redis-'))
  let server = await startProcess(port, options, directory)

  async function command(...args: readonly string[]): Promise<unknown> {
    return JSON.parse(await askRedis(port, options.password, ['--json', ...args]))
  }

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return
    const ended = once(server, 'exit')
    server.kill('SIGKILL')
    await ended
  }

  return {
    url: `redis://127.0.0.1:${port}`,
    command,
    async info(name) {
      const text = await askRedis(port, options.password, ['INFO'])
      const [, number] = new RegExp(String.raw`^${name}:(\d+)`, 'm').exec(text) ?? []
      return Number(number)
    },
    kill,
    async restart() {
      server = await startProcess(port, options, directory)
    },
    [Symbol.asyncDispose]: kill,
  }
}

const attempts = 600
const betweenMs = 50

async function startProcess(port: number, options: RedisOptions, dir: string): Promise<ChildProcess> {
  const { program = 'redis-server', password, maxMemory } = options
  const settings = {
    port: String(port),
    bind: '127.0.0.1',
    dir,
    save: '',
    appendonly: 'yes',
    ...(password === undefined ? {} : { requirepass: password }),
    ...(maxMemory === undefined ? {} : { maxmemory: maxMemory, 'maxmemory-policy': 'noeviction' }),
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn(program, args, { stdio: 'ignore' })
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}`)
    const answer = await askRedis(port, password, ['PING']).catch(() => undefined)
    if (answer?.trim() === 'PONG') return child
    await new Promise((resolve) => setTimeout(resolve, betweenMs))
  }
  child.kill('SIGKILL')
  throw new Error(`${program} does not answer`)
}

/** Uses `redis-cli`, which is independent of the product's client. */
async function askRedis(port: number, password: string | undefined, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('redis-cli', ['-p', String(port), ...args], {
    env: { ...process.env, ...(password === undefined ? {} : { REDISCLI_AUTH: password }) },
    maxBuffer: 2 ** 28,
  })
  return stdout
}
