import { once } from 'node:events'
import { request, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { startLocalServer, type LocalServer } from './local-server.ts'

/** A fault in one answer. */
export type Fault = 'missing' | 'throttled' | 'truncated' | 'corrupted' | 'garbage' | 'hanging' | 'denied'

/** A request that the proxy received. */
export interface ProxiedRequest {
  /** The last part of the path, such as `getImageFrame`. */
  readonly operation: string
  readonly imageFrameId: string | undefined
  readonly imageSetId: string | undefined
}

/** A proxy in front of an emulator. */
export interface FaultyProxy extends LocalServer {
  readonly requests: ProxiedRequest[]
}

/** Starts a proxy. It forwards a request if `choose` returns no fault. `choose` may delay a request. */
export async function faultyProxy(
  endpoint: string,
  choose: (request: ProxiedRequest) => Fault | undefined | Promise<Fault | undefined>,
): Promise<FaultyProxy> {
  const requests: ProxiedRequest[] = []

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await buffer(incoming)
    const proxied = describe(incoming.url ?? '', body)
    requests.push(proxied)
    const fault = await choose(proxied)
    if (fault === 'hanging') return
    const failure = fault === undefined ? undefined : failures[fault]
    if (failure === undefined) await passOn({ endpoint, incoming, body, fault }, response)
    else response.writeHead(failure.status, { 'x-amzn-errortype': failure.type }).end('{"message":"as the test asks"}')
  }

  const server = await startLocalServer((incoming, response) => void answer(incoming, response))
  return { ...server, requests }
}

const failures: Partial<Record<Fault, { readonly status: number; readonly type: string }>> = {
  missing: { status: 404, type: 'ResourceNotFoundException' },
  throttled: { status: 429, type: 'ThrottlingException' },
  denied: { status: 403, type: 'AccessDeniedException' },
}

async function passOn(
  {
    endpoint,
    incoming,
    body,
    fault,
  }: { endpoint: string; incoming: IncomingMessage; body: Buffer; fault: Fault | undefined },
  response: ServerResponse,
): Promise<void> {
  const outgoing = request(`${endpoint}${incoming.url ?? ''}`, { method: incoming.method, headers: incoming.headers })
  outgoing.end(body)
  const [answer]: IncomingMessage[] = await once(outgoing, 'response')
  if (answer === undefined) return
  const bytes = await buffer(answer)
  if (fault === 'corrupted') bytes[bytes.length - 40] = (bytes.at(-40) ?? 0) ^ 0x10
  const sent = fault === 'garbage' ? Buffer.from('not what was asked for') : bytes
  const { 'content-encoding': encoding, ...headers } = answer.headers
  const kept = fault === 'garbage' || encoding === undefined ? headers : { ...headers, 'content-encoding': encoding }
  response.writeHead(answer.statusCode ?? 500, { ...kept, 'content-length': sent.length })
  if (fault === 'truncated') response.write(sent.subarray(0, sent.length / 2), () => response.destroy())
  else response.end(sent)
}

function describe(url: string, body: Buffer): ProxiedRequest {
  const path = url.split('?')[0] ?? ''
  const imageFrameId = /"imageFrameId":"([^"]+)"/.exec(body.toString('latin1'))?.[1]
  return { operation: path.split('/').at(-1) ?? '', imageFrameId, imageSetId: /imageSet\/(\w+)/.exec(path)?.[1] }
}
