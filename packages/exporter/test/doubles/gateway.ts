import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** How a service is unavailable: nothing listens, or each connection is reset. */
export type Absence = 'refused' | 'reset'

/** A proxy between a client and a server that can become unavailable. */
export interface Gateway extends AsyncDisposable {
  readonly endpoint: string
  /** The number of connections it has reset. */
  readonly resets: number
  leave(absence: Absence): Promise<void>
  comeBack(): Promise<void>
  /** Is unavailable for some milliseconds. */
  absent(absence: Absence, ms: number): Promise<void>
}

/**
 * Starts a gateway to `target`. It breaks all connections when it leaves, and uses the same port when it comes back.
 */
export async function startGateway(target: string): Promise<Gateway> {
  const { hostname, port: targetPort } = new URL(target)
  const sockets = new Set<Socket>()
  let port = 0
  let isResetting = false
  let resets = 0
  let server: Server | undefined

  function keep(socket: Socket): Socket {
    sockets.add(socket)
    socket.on('error', () => {}).once('close', () => sockets.delete(socket))
    return socket
  }

  async function listen(): Promise<void> {
    server = createServer((incoming) => {
      keep(incoming)
      if (isResetting) {
        resets += 1
        incoming.resetAndDestroy()
        return
      }
      const outgoing = keep(connect(Number(targetPort), hostname))
      incoming.pipe(outgoing).pipe(incoming)
      incoming.once('close', () => outgoing.destroy())
      outgoing.once('close', () => incoming.destroy())
    })
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    port = typeof address === 'object' ? (address?.port ?? 0) : 0
  }

  async function stop(): Promise<void> {
    const stopped = server
    server = undefined
    for (const socket of sockets) socket.resetAndDestroy()
    if (stopped === undefined) return
    stopped.close()
    await once(stopped, 'close')
  }

  async function leave(absence: Absence): Promise<void> {
    await stop()
    isResetting = absence === 'reset'
    if (isResetting) await listen()
  }

  async function comeBack(): Promise<void> {
    await stop()
    isResetting = false
    await listen()
  }

  await listen()
  return {
    endpoint: `http://127.0.0.1:${port}`,
    get resets() {
      return resets
    },
    leave,
    comeBack,
    async absent(absence, ms) {
      await leave(absence)
      await delay(ms)
      await comeBack()
    },
    [Symbol.asyncDispose]: stop,
  }
}
