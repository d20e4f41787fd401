import { once } from 'node:events'
import { createServer, request as send, type IncomingMessage, type ServerResponse } from 'node:http'

/** Forwards requests to a server and counts them. */
export interface CountingProxy extends AsyncDisposable {
  readonly endpoint: string
  /** Keys of the objects that were written whole, one for each time, in order. */
  readonly written: string[]
  /** Requests of all kinds. */
  requests: number
  /** Called with each request before it goes on. Returns whether it has answered, so that it goes no further. */
  onRequest: (request: IncomingMessage, response: ServerResponse) => boolean
}

/** Starts a proxy before a server that listens on this machine. */
export async function startCountingProxy(target: string): Promise<CountingProxy> {
  const { hostname, port } = new URL(target)
  const server = createServer((request, response) => {
    proxy.requests += 1
    if (proxy.onRequest(request, response)) return
    const { url: path = '/', method, headers } = request
    const onward = send({ hostname, port, path, method, headers }, (answer) => {
      const url = new URL(path, target)
      const isWhole = method === 'PUT' && url.search.replace('?x-id=PutObject', '') === '' && answer.statusCode === 200
      const isComplete = method === 'POST' && url.searchParams.has('uploadId') && answer.statusCode === 200
      if (isWhole || isComplete) proxy.written.push(decodeURIComponent(url.pathname.split('/').slice(2).join('/')))
      response.writeHead(answer.statusCode ?? 502, answer.rawHeaders)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('a proxy listens on a port')
  const proxy: CountingProxy = {
    endpoint: `http://127.0.0.1:${address.port}`,
    written: [],
    requests: 0,
    onRequest: () => false,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return proxy
}
