import { once } from 'node:events'
import { request, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { startLocalServer, type LocalServer } from './local-server.ts'

/** The replacement of a body. */
export interface DamagedBody {
  readonly body: Buffer
  /** The Content-Length header. Default: the length of the body. */
  readonly declared?: number | undefined
}

/** Damages the body of a successful answer. `isJson` is true for JSON that is not compressed. */
export type Damage = (body: Buffer, facts: { readonly isJson: boolean }) => DamagedBody

/**
 * Starts a proxy that damages successful answers if `damageOf` returns damage for them. `damageOf` gets the operation
 * (the last part of the path, or `datastore` for GetDatastore), and how often this same request was sent.
 */
export async function startDamagingProxy(
  target: string,
  damageOf: (operation: string, count: number) => Damage | undefined,
): Promise<LocalServer> {
  const counts = new Map<string, number>()

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const asked = await buffer(incoming)
    const key = `${incoming.url} ${asked.toString('base64')}`
    const count = (counts.get(key) ?? 0) + 1
    counts.set(key, count)
    const { status, headers, body } = await forward(target, incoming, asked)
    const damage = status === 200 ? damageOf(operationOf(incoming.url ?? ''), count) : undefined
    const isJson = body[0] === 0x7b
    const { body: sent, declared = sent.length } = damage?.(body, { isJson }) ?? { body }
    send(outgoing, { status, headers: { ...headers, 'content-length': String(declared) }, body: sent })
  }

  return await startLocalServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch(() => outgoing.destroy())
  })
}

function operationOf(url: string): string {
  const parts = (url.split('?')[0] ?? '').split('/')
  return (parts.length === 3 ? parts[1] : parts.at(-1)) ?? ''
}

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
}

async function forward(target: string, { url = '/', method, headers }: IncomingMessage, body: Buffer): Promise<Answer> {
  const outgoing = request(new URL(url, target), { method, headers })
  outgoing.end(body)
  const [response]: IncomingMessage[] = await once(outgoing, 'response')
  if (response === undefined) throw new Error('Expected an answer')
  const { 'transfer-encoding': _, ...kept } = response.headers
  const names = Object.entries(kept).map(([name, value]) => [name, String(value)])
  return { status: response.statusCode ?? 500, headers: Object.fromEntries(names), body: await buffer(response) }
}

/** Sends the bytes over the socket, because Node.js would enforce the Content-Length. */
function send({ socket }: ServerResponse, { status, headers, body }: Answer): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket?.write(`HTTP/1.1 ${status} As Sent\r\n${lines.join('')}connection: close\r\n\r\n`)
  socket?.end(body)
}
