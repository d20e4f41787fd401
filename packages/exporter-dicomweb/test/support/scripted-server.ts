import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { instanceUid } from './instances.ts'

/** A complete request that a scripted server received. */
export interface ReceivedRequest {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  /** The instances in the request. */
  readonly instances: readonly Buffer[]
  /** Their SOP Instance UIDs. */
  readonly uids: readonly string[]
}

/** Answers a request. */
export type Script = (request: ReceivedRequest, response: ServerResponse) => void

/** A server with scripted answers. */
export interface ScriptedServer extends AsyncDisposable {
  readonly url: string
  readonly requests: readonly ReceivedRequest[]
}

/** Starts a server. The script is called when a request has arrived completely. */
export async function startScripted(
  script: Script,
  make: (listener: (request: IncomingMessage, response: ServerResponse) => void) => Server = createServer,
): Promise<ScriptedServer> {
  const requests: ReceivedRequest[] = []
  const server = make((request, response) => {
    const chunks: Buffer[] = []
    request.on('error', () => {})
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const { method = '', url: path = '', headers } = request
      const instances = partsOf(Buffer.concat(chunks), headers['content-type'] ?? '')
      const received = { method, path, headers, instances, uids: instances.map(instanceUid) }
      requests.push(received)
      script(received, response)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const protocol = 'setSecureContext' in server ? 'https' : 'http'
  return {
    url: `${protocol}://127.0.0.1:${port}/dicom-web`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function partsOf(body: Buffer, contentType: string): Buffer[] {
  const [, boundary] = /^multipart\/related; type="application\/dicom"; boundary="([^"]+)"$/.exec(contentType) ?? []
  if (boundary === undefined) return []
  const head = `--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const parts: Buffer[] = []
  for (let start = body.indexOf(head); start >= 0; start = body.indexOf(head, start)) {
    start += head.length
    const end = body.indexOf(delimiter, start)
    parts.push(body.subarray(start, end))
    start = end
  }
  if (!body.subarray(-6 - boundary.length).equals(Buffer.from(`--${boundary}--\r\n`))) throw new Error('no end')
  return parts
}

/** The result of one instance in an answer. */
export interface Named {
  readonly uid: string
  readonly failure?: number
  readonly warning?: number
}

/** Answers with DICOM JSON. */
export function answer(response: ServerResponse, statusCode: number, instances: readonly Named[]): void {
  const item = ({ uid, failure, warning }: Named): object => ({
    '00081155': { vr: 'UI', Value: [uid] },
    ...(failure !== undefined && { '00081197': { vr: 'US', Value: [failure] } }),
    ...(warning !== undefined && { '00081196': { vr: 'US', Value: [warning] } }),
  })
  const stored = instances.filter(({ failure }) => failure === undefined)
  const failed = instances.filter(({ failure }) => failure !== undefined)
  const body = {
    ...(failed.length > 0 && { '00081198': { vr: 'SQ', Value: failed.map(item) } }),
    ...(stored.length > 0 && { '00081199': { vr: 'SQ', Value: stored.map(item) } }),
  }
  response.writeHead(statusCode, { 'content-type': 'application/dicom+json' }).end(JSON.stringify(body))
}

/** Answers that all instances are stored. */
export const storeAll: Script = ({ uids }, response) =>
  answer(
    response,
    200,
    uids.map((uid) => ({ uid })),
  )
