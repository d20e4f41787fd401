import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

/** A request that the scripted service received. */
export interface ReceivedRequest {
  readonly method: string
  /** Path with its query. */
  readonly url: string
  readonly headers: NodeJS.Dict<string | string[]>
  readonly body: string
}

/** One scripted answer: writes to the response or breaks the connection. */
export type Answer = (response: ServerResponse, request: ReceivedRequest) => unknown

export interface ScriptedService extends AsyncDisposable {
  readonly endpoint: string
  readonly requests: readonly ReceivedRequest[]
  /** Sockets accepted so far, and the most that were open at once. */
  readonly connections: { accepted: number; most: number }
  /** Resolves as soon as no socket is open. */
  idle(): Promise<void>
}

/** Starts a service that sends the answers in turn, and the last one again and again. It records the requests. */
export async function scriptedService(...answers: readonly Answer[]): Promise<ScriptedService> {
  const requests: ReceivedRequest[] = []
  const connections = { accepted: 0, most: 0 }
  const open = new Set<Socket>()
  const server = createServer((incoming, response) => {
    void received(incoming).then((request) => {
      const answer = answers[Math.min(requests.length, answers.length - 1)]
      requests.push(request)
      return answer?.(response, request)
    })
  })
  server.on('connection', (socket) => {
    open.add(socket)
    connections.accepted += 1
    connections.most = Math.max(connections.most, open.size)
    socket.on('close', () => open.delete(socket))
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    connections,
    idle: async () => {
      await Promise.all([...open].map((socket) => new Promise((resolve) => socket.once('close', resolve))))
    },
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of open) socket.destroy()
      await closed
    },
  }
}

async function received(incoming: IncomingMessage): Promise<ReceivedRequest> {
  const chunks: Uint8Array[] = []
  try {
    for await (const chunk of incoming) chunks.push(chunk)
  } catch {
    // The client aborted while it was sending.
  }
  const body = Buffer.concat(chunks).toString()
  return { method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers, body }
}

/** Returns the access key that a request is signed with. */
export function keyOf({ headers }: ReceivedRequest): string | undefined {
  return /Credential=([^/]+)/.exec(String(headers['authorization']))?.[1]
}

export function json(value: unknown, status = 200, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', 'x-amzn-requestid': 'request-1', ...headers })
    response.end(JSON.stringify(value))
  }
}

/** Answers with an error in the form of AWS rest-json. */
export function awsError(
  status: number,
  name: string,
  message = 'refused',
  headers: Record<string, string> = {},
): Answer {
  return json({ message }, status, { 'x-amzn-ErrorType': name, ...headers })
}

export function bytes(body: Uint8Array, headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(200, { 'content-type': 'image/jph', 'content-length': String(body.length), ...headers })
    response.end(body)
  }
}

/** Answers with a status and a body that is not JSON. */
export function text(status: number, body: string): Answer {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html' })
    response.end(body)
  }
}

/** Resets the connection without an answer. */
export const reset: Answer = (response) => response.socket?.resetAndDestroy()

/** Declares a longer body than it sends, then closes. */
export const truncatedBody: Answer = (response) => {
  response.writeHead(200, { 'content-type': 'image/jph', 'content-length': '1000' })
  response.write(new Uint8Array(400), () => response.socket?.end())
}

/** Never answers. */
export const silence: Answer = () => {}
