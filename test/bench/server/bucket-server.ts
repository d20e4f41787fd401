/**
 * A minimal S3 server in a separate process: node bucket-server.ts. It keeps the sizes of files and the content of the
 * record.
 */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

const recordFolder = '/.ahi-dicom/'
const sizes = new Map<string, number>()
const contents = new Map<string, Buffer>()

const server = createServer((request, response) => void answer(request, response))
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  if (address !== null && typeof address !== 'string') process.send?.(`http://127.0.0.1:${address.port}`)
})
process.once('disconnect', () => process.exit())

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://bucket')
  const key = decodeURIComponent(url.pathname).split('/').slice(2).join('/')
  if (request.method === 'PUT') await put(key, request, response)
  else if (request.method === 'DELETE') {
    sizes.delete(key)
    contents.delete(key)
    response.writeHead(204).end()
  } else if (url.searchParams.has('list-type')) list(url.searchParams, response)
  else get(key, response)
}

async function put(key: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { headers } = request
  const found = contents.get(key)
  const isMade = headers['if-none-match'] === '*' && sizes.has(key)
  const isOther = headers['if-match'] !== undefined && headers['if-match'] !== (found && tagOf(found))
  let byteLength = 0
  if (key.includes(recordFolder.slice(1))) {
    const body = await buffer(request)
    if (isMade || isOther) return fail(response, 412, 'PreconditionFailed')
    byteLength = body.length
    contents.set(key, body)
    response.setHeader('etag', tagOf(body))
  } else {
    for await (const chunk of request) byteLength += Buffer.from(chunk).length
    response.setHeader('etag', '"file"')
  }
  sizes.set(key, byteLength)
  response.writeHead(200, { 'x-amz-checksum-sha256': String(headers['x-amz-checksum-sha256'] ?? '') }).end()
}

const mostListed = 1000

function list(query: URLSearchParams, response: ServerResponse): void {
  const prefix = query.get('prefix') ?? ''
  const after = query.get('continuation-token') ?? ''
  const keys = [...sizes.keys()].filter((key) => key.startsWith(prefix) && key > after).sort()
  const page = keys.slice(0, mostListed)
  const entries = page.map(
    (key) => `<Contents><Key>${encodeURIComponent(key)}</Key><Size>${sizes.get(key) ?? 0}</Size></Contents>`,
  )
  const isCut = keys.length > page.length
  const next = isCut ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : ''
  const more = `<IsTruncated>${isCut}</IsTruncated>${next}`
  response.writeHead(200, { 'content-type': 'application/xml' })
  response.end(`<ListBucketResult><EncodingType>url</EncodingType>${more}${entries.join('')}</ListBucketResult>`)
}

function get(key: string, response: ServerResponse): void {
  const content = contents.get(key)
  if (content === undefined) return fail(response, 404, 'NoSuchKey')
  response.writeHead(200, { etag: tagOf(content), 'content-length': content.length }).end(content)
}

function fail(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`)
}

function tagOf(content: Buffer): string {
  return `"${createHash('md5').update(content).digest('hex')}"`
}
