import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../../interop/free-port.ts'

const program = 'storescp'

/** Whether storescp of DCMTK is there. */
export function hasStorePeer(): boolean {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0
}

/** Starts storescp, which discards received files and ends with this process. Returns its port. */
export async function startStorePeer(): Promise<number> {
  const port = await freePort()
  // It serves each association in a separate process, so that several can run at a time. Answers go in one part.
  const args = ['--fork', '--ignore', '--max-pdu', '131072', String(port)]
  const child = spawn(program, args, { stdio: 'ignore', env: { ...process.env, TCP_NODELAY: '1' } })
  process.once('exit', () => child.kill())
  child.unref()
  while (!(await isListening(port))) {
    if (child.exitCode !== null) throw new Error(`storescp ended with exit code ${child.exitCode}`)
    await delay(50)
  }
  return port
}

async function isListening(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  const isThere = await once(socket, 'connect').then(
    () => true,
    () => false,
  )
  socket.destroy()
  return isThere
}
