import { request, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { startLocalServer, type LocalServer } from '../../../exporter/test/doubles/local-server.ts'

/** An answer on its way from the emulator to the client. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: Uint8Array
  /** Cuts the connection after the body, before the announced length. */
  cut?: boolean
}

/** Changes or delays an answer. `path` is the path of the request. */
export type Alteration = (answer: Answer, path: string) => Answer | Promise<Answer>

/** Starts a server that forwards requests to `target`, and passes its answers through `alter`. */
export async function startAlteringProxy(target: string, alter: Alteration): Promise<LocalServer> {
  return await startServer(async (incoming, outgoing) => {
    const path = incoming.url ?? '/'
    send(outgoing, await alter(await forward(target, incoming), path))
  })
}

/** Starts a server that gives every request the same answer. */
export async function startScriptedServer(answer: Answer): Promise<LocalServer> {
  return await startServer(async (incoming, outgoing) => {
    await buffer(incoming)
    send(outgoing, answer)
  })
}

async function startServer(
  handle: (incoming: IncomingMessage, outgoing: ServerResponse) => Promise<void>,
): Promise<LocalServer> {
  return await startLocalServer((incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy())
  })
}

async function forward(target: string, incoming: IncomingMessage): Promise<Answer> {
  const outgoing = request(new URL(incoming.url ?? '/', target), { method: incoming.method, headers: incoming.headers })
  outgoing.end(await buffer(incoming))
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    outgoing.on('response', resolve)
    outgoing.on('error', reject)
  })
  const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
  return { status: response.statusCode ?? 500, headers: Object.fromEntries(headers), body: await buffer(response) }
}

function send(outgoing: ServerResponse, { status, headers, body, cut = false }: Answer): void {
  const { 'transfer-encoding': _, ...kept } = headers
  outgoing.writeHead(status, { ...kept, 'content-length': cut ? body.length + 100 : body.length })
  if (!cut) outgoing.end(body)
  else outgoing.write(body, () => outgoing.destroy())
}
