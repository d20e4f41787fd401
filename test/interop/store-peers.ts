import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, readdir, rename } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freePort } from './free-port.ts'
import { answerAtOnce } from './orthanc.ts'

/** A program that takes instances by C-STORE and writes them into a folder. */
export interface StorePeer extends AsyncDisposable {
  readonly port: number
  /** Moves what has arrived since the last call out of the way, and returns its paths. */
  arrived(): Promise<readonly string[]>
}

/** Starts storescp of dcmtk. It serves one association at a time unless `--fork` is among the arguments. */
export async function startStorescp(folder: string, args: readonly string[] = []): Promise<StorePeer> {
  const port = await freePort()
  await mkdir(folder, { recursive: true })
  const running = spawn('storescp', [...args, '-od', folder, String(port)], { stdio: 'ignore', env: answerAtOnce })
  await untilListening(running, port)
  return peerOf(running, { port, folder })
}

function peerOf(
  running: ChildProcess,
  { port, folder }: { readonly port: number; readonly folder: string },
): StorePeer {
  let taken = 0
  return {
    port,
    async arrived() {
      const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => entry.isFile())
      const done = join(folder, 'arrived')
      await mkdir(done, { recursive: true })
      return await Promise.all(
        names.map(async ({ name }) => {
          const path = join(done, `${taken++}.dcm`)
          await rename(join(folder, name), path)
          return path
        }),
      )
    },
    async [Symbol.asyncDispose]() {
      const ended = once(running, 'exit')
      running.kill()
      await ended
    },
  }
}

/** Asks until somebody listens: the program says nowhere else that it is ready. */
async function untilListening(running: ChildProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (running.exitCode !== null) throw new Error(`storescp ended with exit code ${running.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isThere) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error('storescp does not listen')
}
