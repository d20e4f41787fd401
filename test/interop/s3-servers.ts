import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { freePort } from './free-port.ts'

/** An S3 server that is not part of this project. */
export interface S3Server extends AsyncDisposable {
  readonly endpoint: string
}

/** Servers that keep everything in memory, by name. */
export const s3Servers: Readonly<Record<string, () => Promise<S3Server>>> = {
  moto: () => start((port) => ['moto_server', ['-H', '127.0.0.1', '-p', port]]),
  S3Mock: () =>
    start((port) => [
      'java',
      ['-Xmx512m', '-jar', s3MockJar, '--server.port=0', `--com.adobe.testing.s3mock.httpPort=${port}`],
    ]),
}

const s3MockJar = fileURLToPath(new URL('../../.tools/s3mock.jar', import.meta.url))

/** Why a server cannot run here; undefined if it can. */
export function missingServer(name: string): string | undefined {
  return name === 'S3Mock' && !existsSync(s3MockJar) ? `${s3MockJar} not found` : undefined
}

/** Keys of a user that no server checks. */
export const s3Credentials = { accessKeyId: 'emulator', secretAccessKey: 'emulator' }

async function start(
  command: (port: string) => readonly [program: string, args: readonly string[]],
): Promise<S3Server> {
  const port = await freePort()
  const [program, args] = command(String(port))
  const child = spawn(program, args, { stdio: 'ignore' })
  const endpoint = `http://127.0.0.1:${port}`
  await answering(child, endpoint)
  return {
    endpoint,
    async [Symbol.asyncDispose]() {
      if (child.exitCode !== null) return
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    },
  }
}

const attempts = 900
const betweenMs = 100

async function answering(child: ChildProcess, endpoint: string): Promise<void> {
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`${child.spawnfile} ended with ${child.exitCode}`)
    const answer = await fetch(endpoint).catch(() => undefined)
    if (answer !== undefined) return
    await new Promise((resolve) => setTimeout(resolve, betweenMs))
  }
  child.kill('SIGKILL')
  throw new Error(`${child.spawnfile} does not answer`)
}
