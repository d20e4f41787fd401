import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'

/** A test server. It closes all connections when it is disposed of. */
export interface LocalServer extends AsyncDisposable {
  readonly endpoint: string
}

/** Starts a server on a free local port. */
export async function startLocalServer(listener: RequestListener): Promise<LocalServer> {
  const server = createServer(listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('Expected a port')
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
