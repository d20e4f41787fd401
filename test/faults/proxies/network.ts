import { connect, createServer, type Server, type Socket } from 'node:net'
import { once } from 'node:events'

/** A network between a client and a server, which can be gone. */
export interface Network extends AsyncDisposable {
  /** Where the client finds the server. */
  readonly endpoint: string
  /** Ends all connections and refuses new ones. */
  refuse(): Promise<void>
  /** Accepts data and delivers nothing, like an unplugged cable. */
  stall(): void
  /** Delivers again. Data sent in the meantime is lost with its connections. */
  restore(): Promise<void>
}

/** Starts a network in front of a server. */
export async function startNetwork(target: string): Promise<Network> {
  const { hostname, port } = new URL(target)
  const sockets = new Set<Socket>()
  let isStalled = false
  const server = createServer((client) => {
    keep(client)
    if (isStalled) return
    const upstream = keep(connect({ host: hostname, port: Number(port) }))
    client.pipe(upstream).pipe(client)
  })
  const ownPort = await listen(server, 0)

  /** Both ends go with each other. */
  function keep(socket: Socket): Socket {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
    return socket
  }

  function endConnections(): void {
    for (const socket of sockets) socket.destroy()
  }

  async function refuse(): Promise<void> {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    endConnections()
    await closed
  }

  return {
    endpoint: `http://127.0.0.1:${ownPort}`,
    refuse,
    stall() {
      isStalled = true
      for (const socket of sockets) socket.unpipe().pause()
    },
    async restore() {
      isStalled = false
      endConnections()
      if (!server.listening) await listen(server, ownPort)
    },
    [Symbol.asyncDispose]: refuse,
  }
}

async function listen(server: Server, port: number): Promise<number> {
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('Expected a port')
  return address.port
}
