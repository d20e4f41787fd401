import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

/** A program that takes instances by C-STORE and writes them into a folder. */
export interface Storescp {
  readonly port: number
  /** Returns how many files it has written. */
  count(): Promise<number>
  /** Ends it, and removes its files. */
  close(): Promise<void>
}

/** Starts storescp of DCMTK on a free port; undefined if it is not installed. */
export async function startStorescp(): Promise<Storescp | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'export-to-pacs-'))
  const port = await freePort()
  const running = spawn('storescp', ['--fork', '--output-directory', folder, String(port)], { stdio: 'ignore' })
  const isStarted = await once(running, 'spawn').then(
    () => true,
    () => false,
  )
  const exited = isStarted ? once(running, 'exit') : undefined
  async function close(): Promise<void> {
    running.kill()
    await exited
    await rm(folder, { recursive: true })
  }
  if (!isStarted) {
    await close()
    return undefined
  }
  await untilListening(running, port)
  return { port, count: async () => (await readdir(folder)).length, close }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0)
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' ? (address?.port ?? 0) : 0
}

/** It says nowhere else that it is ready. */
async function untilListening(running: ChildProcess, port: number): Promise<void> {
  while (running.exitCode === null) {
    const socket = connect(port, 'localhost')
    const isThere = await once(socket, 'connect').then(
      () => true,
      () => false,
    )
    socket.destroy()
    if (isThere) return
    await delay(50)
  }
  throw new Error(`storescp ended with exit code ${running.exitCode}`)
}
