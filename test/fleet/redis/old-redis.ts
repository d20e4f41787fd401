import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'

/** Starts a server that says it is a Redis of a version, and knows nothing but to say so. */
export async function startOldRedis(version: string): Promise<AsyncDisposable & { readonly url: string }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket)).on('error', () => socket.destroy())
    let text = ''
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      text += chunk
      for (let end = endOfCommand(text); end > 0; end = endOfCommand(text)) {
        socket.write(answer(text.slice(0, end), version))
        text = text.slice(end)
      }
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new TypeError('Expected a port')
  return {
    url: `redis://127.0.0.1:${address.port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Returns where the first command of a text ends: an array of bulk strings (RESP). 0 if it is not complete. */
function endOfCommand(text: string): number {
  const head = /^\*(\d+)\r\n/.exec(text)
  if (head === null) return 0
  let at = head[0].length
  for (let left = Number(head[1]); left > 0; left -= 1) {
    const bulk = /^\$(\d+)\r\n/.exec(text.slice(at))
    if (bulk === null) return 0
    at += bulk[0].length + Number(bulk[1]) + 2
  }
  return at <= text.length ? at : 0
}

function answer(command: string, version: string): string {
  const [, , name = ''] = command.split('\r\n')
  switch (name.toLowerCase()) {
    case 'info':
      return bulk(`# Server\r\nredis_version:${version}\r\nredis_mode:standalone\r\nloading:0\r\n`)
    case 'ping':
      return '+PONG\r\n'
    case 'select':
      return '+OK\r\n'
    default:
      return `-ERR unknown command \`${name}\`, with args beginning with:\r\n`
  }
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`
}
