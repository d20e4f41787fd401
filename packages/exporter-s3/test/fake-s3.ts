import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A request that the fake has received and not answered yet. */
export interface FakeRequest {
  readonly method: string
  /** Decoded key, without the bucket. */
  readonly key: string
  readonly query: URLSearchParams
  readonly headers: IncomingMessage['headers']
}

/** Answers a request with a fault. Returns false if it did not answer. */
export type Fault = (request: FakeRequest, response: ServerResponse) => boolean

/** An S3 server in memory that injects faults. test/interop tests against independent servers. */
export interface FakeS3 extends AsyncDisposable {
  readonly endpoint: string
  readonly objects: Map<string, Buffer>
  readonly uploads: Map<string, { readonly key: string; readonly parts: Map<number, Buffer> }>
  /** Method and key of each request that was answered without a fault. */
  readonly requests: string[]
  fault: Fault
}

/** Starts a fake with one bucket. It accepts any bucket name. */
export async function startFakeS3(): Promise<FakeS3> {
  const objects = new Map<string, Buffer>()
  const metadata = new Map<string, Record<string, string>>()
  const uploads: FakeS3['uploads'] = new Map()
  const requests: string[] = []
  const server = createServer((request, response) => void answer(request, response))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://fake')
    const key = decodeURIComponent(url.pathname.split('/').slice(2).join('/'))
    const { method = 'GET', headers } = request
    const asked = { method, key, query: url.searchParams, headers }
    if (fake.fault(asked, response)) return
    const body = await buffer(request).catch(() => undefined)
    if (body === undefined) return
    requests.push(`${method} ${key}`)
    serve(asked, body, response)
  }

  function serve({ method, key, query, headers }: FakeRequest, body: Buffer, response: ServerResponse): void {
    const uploadId = query.get('uploadId') ?? ''
    const upload = uploads.get(uploadId)
    const found = objects.get(key)
    if (method === 'POST' && query.has('uploads')) {
      const id = `upload-${uploads.size + 1}-${requests.length}`
      uploads.set(id, { key, parts: new Map() })
      xml(response, `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`)
    } else if (method === 'PUT' && headers['x-amz-copy-source'] !== undefined) {
      const copied = rangeOf(objects.get(sourceOf(headers)), headers['x-amz-copy-source-range'])
      if (copied === undefined) return failWith(response, 404, 'NoSuchKey')
      if (upload === undefined) objects.set(key, copied)
      else upload.parts.set(Number(query.get('partNumber')), copied)
      const name = upload === undefined ? 'CopyObjectResult' : 'CopyPartResult'
      xml(response, `<${name}><ETag>a</ETag><ChecksumSHA256>${sha256Of(copied)}</ChecksumSHA256></${name}>`)
    } else if (method === 'PUT' && query.has('partNumber')) {
      upload?.parts.set(Number(query.get('partNumber')), body)
      response.writeHead(200, { etag: tagOf(body), 'x-amz-checksum-sha256': sha256Of(body) }).end()
    } else if (method === 'POST') {
      const parts = [...(upload?.parts ?? [])].sort(([a], [b]) => a - b).map(([, part]) => part)
      objects.set(key, Buffer.concat(parts))
      uploads.delete(uploadId)
      const digest = sha256Of(Buffer.concat(parts.map((part) => createHash('sha256').update(part).digest())))
      xml(
        response,
        `<CompleteMultipartUploadResult><ETag>"parts-${parts.length}"</ETag><ChecksumSHA256>${digest}-${parts.length}</ChecksumSHA256></CompleteMultipartUploadResult>`,
      )
    } else if (method === 'PUT') {
      const isRefused =
        (headers['if-none-match'] === '*' && found !== undefined) ||
        (headers['if-match'] !== undefined && headers['if-match'] !== (found && tagOf(found)))
      if (isRefused) return failWith(response, 412, 'PreconditionFailed')
      objects.set(key, body)
      metadata.set(
        key,
        Object.fromEntries(
          Object.entries(headers).flatMap(([name, value]) =>
            name.startsWith('x-amz-meta-') ? [[name, String(value)]] : [],
          ),
        ),
      )
      response.writeHead(200, { etag: tagOf(body), 'x-amz-checksum-sha256': sha256Of(body) }).end()
    } else if (method === 'DELETE' && query.has('uploadId')) {
      uploads.delete(uploadId)
      response.writeHead(204).end()
    } else if (method === 'DELETE') {
      objects.delete(key)
      response.writeHead(204).end()
    } else if (method === 'GET' && query.has('uploads')) {
      const list = [...uploads].map(
        ([id, { key: name }]) => `<Upload><Key>${name}</Key><UploadId>${id}</UploadId></Upload>`,
      )
      xml(response, `<ListMultipartUploadsResult>${list.join('')}</ListMultipartUploadsResult>`)
    } else if (method === 'GET' && query.has('list-type')) {
      const prefix = query.get('prefix') ?? ''
      const names = [...objects.keys()].filter((name) => name.startsWith(prefix)).sort()
      if (query.get('delimiter') === '/') return xml(response, foldersOf(names, prefix))
      const list = names.map(
        (name) =>
          `<Contents><Key>${encodeURIComponent(name)}</Key><Size>${objects.get(name)?.length ?? 0}</Size></Contents>`,
      )
      xml(response, `<ListBucketResult><EncodingType>url</EncodingType>${list.join('')}</ListBucketResult>`)
    } else if (found === undefined) {
      failWith(response, 404, 'NoSuchKey')
    } else {
      response.writeHead(200, {
        ...metadata.get(key),
        etag: tagOf(found),
        'content-length': found.length,
        'x-amz-checksum-sha256': sha256Of(found),
      })
      response.end(method === 'HEAD' ? undefined : found)
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port }: AddressInfo = addressOf(server.address())
  const fake: FakeS3 = {
    endpoint: `http://127.0.0.1:${port}`,
    objects,
    uploads,
    requests,
    fault: () => false,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
  return fake
}

/** Answers with an error in S3's XML format. */
export function failWith(response: ServerResponse, status: number, code: string, more = ''): void {
  response.writeHead(status, { 'content-type': 'application/xml', connection: 'close' })
  response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>of the key</Message>${more}</Error>`)
}

function xml(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' })
  response.end(`<?xml version="1.0" encoding="UTF-8"?>${text}`)
}

/** Returns the key of the object to copy. */
function sourceOf(headers: FakeRequest['headers']): string {
  return decodeURIComponent(String(headers['x-amz-copy-source']).replace(/^[^/]*\//u, ''))
}

function rangeOf(object: Buffer | undefined, range: string | string[] | undefined): Buffer | undefined {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/u.exec(String(range)) ?? []
  return first === undefined ? object : object?.subarray(Number(first), Number(last) + 1)
}

function foldersOf(names: readonly string[], prefix: string): string {
  const rests = names.map((name) => name.slice(prefix.length)).filter((rest) => rest.includes('/'))
  const folders = new Set(rests.map((rest) => prefix + rest.slice(0, rest.indexOf('/') + 1)))
  const list = Array.from(
    folders,
    (folder) => `<CommonPrefixes><Prefix>${encodeURIComponent(folder)}</Prefix></CommonPrefixes>`,
  )
  return `<ListBucketResult><EncodingType>url</EncodingType>${list.join('')}</ListBucketResult>`
}

function tagOf(bytes: Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`
}

function sha256Of(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('base64')
}

function addressOf(address: string | AddressInfo | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new TypeError('the fake listens on a port')
  return address
}
