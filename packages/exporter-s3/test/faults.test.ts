import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createS3Digester, s3Destination } from '@ahi-dicom/exporter-s3'
import type { Destination } from '@ahi-dicom/export-files'
import { connectS3 } from '../src/access/connect.ts'
import { translated } from '../src/access/s3-error.ts'
import { putObject } from '../src/objects/put-object.ts'
import { failWith, startFakeS3, type Fault, type FakeS3 } from './fake-s3.ts'

let fake: FakeS3
beforeEach(async () => {
  fake = await startFakeS3()
})
afterEach(async () => {
  await fake[Symbol.asyncDispose]()
})

const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }

function destinationOf(more: object = {}): Destination {
  const { endpoint } = fake
  return s3Destination({ bucket: 'my-bucket', prefix: 'x', endpoint, region: 'eu-west-1', credentials, ...more })
}

function fileOf(...chunks: readonly Uint8Array[]): Parameters<Destination['write']>[0] {
  return { path: 'Doe^John/a.dcm', format: 'dcm', mediaType: 'application/dicom', chunks }
}

/** Fails the first `count` requests that match. */
function failFirst(count: number, method: string, fail: Fault): Fault {
  let left = count
  return (request, response) => {
    if (request.method !== method || left === 0) return false
    left -= 1
    return fail(request, response)
  }
}

const slowDown: Fault = (_, response) => {
  failWith(response, 503, 'SlowDown')
  return true
}
const cut: Fault = (_, response) => {
  response.socket?.resetAndDestroy()
  return true
}

test('throttled requests and broken connections are retried', async () => {
  const destination = destinationOf()
  fake.fault = failFirst(1, 'PUT', slowDown)
  await destination.write(fileOf(Buffer.from('one')))
  fake.fault = failFirst(1, 'PUT', cut)
  await destination.write(fileOf(Buffer.from('two')))
  expect(fake.objects.get('x/Doe^John/a.dcm')?.toString()).toBe('two')
})

test('a part whose connection breaks is sent again, and a failed file leaves no part behind', async () => {
  const destination = destinationOf({ partSize: 5 * 2 ** 20 })
  const chunk = Buffer.alloc(3 * 2 ** 20, 1)
  fake.fault = failFirst(1, 'PUT', (request, response) => request.query.has('partNumber') && cut(request, response))
  const stored = await destination.write(fileOf(chunk, chunk, chunk))
  expect(stored.byteLength).toBe(3 * chunk.length)
  expect(stored.answer?.checksum).toMatch(/-2$/)
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield* [chunk, chunk]
    throw new Error('the frame is damaged')
  }
  fake.fault = () => false
  await expect(destination.write({ ...fileOf(), chunks: failing() })).rejects.toThrow('the frame is damaged')
  expect(fake.uploads.size).toBe(0)
})

test('a file with too many parts is refused, leaves no part, and its error shows no key', async () => {
  const partSize = 5 * 2 ** 20
  const chunk = Buffer.alloc(3 * 2 ** 20, 1)
  const connection = connectS3({ endpoint: fake.endpoint, region: 'eu-west-1', credentials, forcePathStyle: true })
  const put = {
    client: await connection.client(),
    params: { Bucket: 'my-bucket', Key: 'Doe^John' },
    partSize,
    parts: 2,
  }
  const action = { verb: 'write', subject: '{PatientName}', permission: 's3:PutObject' }
  const writing = translated(action, () => putObject({ ...put, content: [chunk, chunk, chunk, chunk] }))
  await expect(writing).rejects.toMatchObject({
    code: 'OUTPUT_FILE_REFUSED',
    message: expect.stringMatching(/^Cannot write "\{PatientName\}": it is longer than .*; use larger parts/u),
  })
  expect(fake.uploads.size).toBe(0)
  expect((await putObject({ ...put, content: [chunk, chunk, chunk] })).byteLength).toBe(3 * chunk.length)
  connection.close()
})

test('the error names a profile that does not exist', async () => {
  await expect(destinationOf({ profile: 'no-such-profile' }).check?.()).rejects.toMatchObject({
    code: 'OUTPUT_REFUSED',
    message: expect.stringContaining('do not contain it'),
  })
})

test.each([
  ['AWS_CA_BUNDLE', '/nowhere/ca.pem', 'give the path of a file of PEM certificates'],
  ['HTTPS_PROXY', 'socks5://proxy', 'give it as http://user:password@host:port'],
])('the error for an unusable %s names it and says what to do', async (variable, value, words) => {
  vi.stubEnv(variable, value)
  try {
    await expect(destinationOf().check?.()).rejects.toMatchObject({
      code: 'OUTPUT_REFUSED',
      message: expect.stringMatching(new RegExp(`^Cannot connect to "S3": .*${variable} .*; ${words}$`, 'u')),
    })
  } finally {
    vi.unstubAllEnvs()
  }
})

test('a signal aborts a multipart upload, which leaves no part', async () => {
  const destination = destinationOf({ partSize: 5 * 2 ** 20 })
  const controller = new AbortController()
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (let count = 0; ; count += 1) {
      if (count === 5) controller.abort(new Error('stop'))
      yield Buffer.alloc(3 * 2 ** 20)
    }
  }
  const writing = destination.write({ ...fileOf(), chunks: endless() }, { signal: controller.signal })
  await expect(writing).rejects.toThrow('stop')
  expect(fake.uploads.size).toBe(0)
})

test('uploads left by a killed run are removed, and uploads of others stay', async () => {
  const destination = destinationOf({ partSize: 5 * 2 ** 20 })
  const chunk = Buffer.alloc(3 * 2 ** 20, 1)
  // The run is killed before it can abort its upload.
  fake.fault = (request, response) => {
    const isAbort = request.method === 'DELETE' && request.query.has('uploadId')
    if (isAbort) failWith(response, 400, 'Killed')
    return isAbort
  }
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield* [chunk, chunk]
    throw new Error('killed')
  }
  await expect(destination.write({ ...fileOf(), chunks: failing() })).rejects.toThrow('')
  fake.fault = () => false
  fake.uploads.set('foreign', { key: 'x/other.dcm', parts: new Map() })
  expect(fake.uploads.size).toBe(2)
  await destination.removeUnfinished?.()
  expect([...fake.uploads.keys()]).toEqual(['foreign'])
  expect([...fake.objects.keys()]).toEqual([])
})

test('a file fails if S3 answers with another checksum', async () => {
  const destination = destinationOf()
  fake.fault = ({ method }, response) => {
    if (method === 'PUT') response.writeHead(200, { etag: '"a"', 'x-amz-checksum-sha256': 'AAAA' }).end()
    return method === 'PUT'
  }
  const writing = destination.write(fileOf(Buffer.from('one')))
  await expect(writing).rejects.toMatchObject({ code: 'OUTPUT_FAILED', retryable: true })
})

test.each([
  [403, 'AccessDenied', '', 'OUTPUT_REFUSED', 's3:ListBucket'],
  [404, 'NoSuchBucket', '', 'OUTPUT_NOT_FOUND', 'bucket does not exist'],
  [301, 'PermanentRedirect', '', 'OUTPUT_REFUSED', 'region us-west-2'],
  [400, 'AuthorizationHeaderMalformed', '<Region>us-west-2</Region>', 'OUTPUT_REFUSED', 'region us-west-2'],
  [400, 'ExpiredToken', '', 'OUTPUT_REFUSED', 'have expired'],
  [403, 'InvalidAccessKeyId', '', 'OUTPUT_REFUSED', 'does not accept the AWS credentials'],
])('status %i %s is explained', async (status, name, more, code, words) => {
  fake.fault = (_, response) => {
    if (status === 301) response.setHeader('x-amz-bucket-region', 'us-west-2')
    failWith(response, status, name, more)
    return true
  }
  const checking = destinationOf().check?.()
  await expect(checking).rejects.toMatchObject({ code, message: expect.stringContaining(words) })
})

test.each([
  ['PUT', 's3:PutObject'],
  ['GET', 's3:GetObject'],
  ['DELETE', 's3:DeleteObject'],
])('if %s is denied, a check names the permission and removes its object if it can', async (method, permission) => {
  fake.fault = (request, response) => {
    const isDenied = request.method === method && !request.query.has('list-type')
    if (isDenied) failWith(response, 403, 'AccessDenied')
    return isDenied
  }
  await expect(destinationOf().check?.()).rejects.toMatchObject({
    code: 'OUTPUT_REFUSED',
    message: expect.stringContaining(`the permission ${permission}`),
  })
  expect(fake.objects.size).toBe(method === 'DELETE' ? 1 : 0)
})

test('errors do not contain names of patients', async () => {
  fake.fault = (_, response) => {
    failWith(response, 403, 'AccessDenied')
    return true
  }
  const destination = destinationOf()
  await destination.open({ mask: ['{PatientName}', null] })
  const error: unknown = await destination.write(fileOf(Buffer.from('one'))).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'OUTPUT_REFUSED', path: 's3://my-bucket/x/{PatientName}/a.dcm' })
  expect(JSON.stringify([error, String(error)])).not.toContain('Doe')
})

test('a check warns of a server that ignores conditional requests', async () => {
  fake.fault = ({ headers }) => {
    delete headers['if-none-match']
    delete headers['if-match']
    return false
  }
  expect(await destinationOf().check?.()).toEqual([expect.stringContaining('ignores conditional requests')])
  fake.fault = () => false
  expect(await destinationOf().check?.()).toEqual([])
  expect(fake.objects.size).toBe(0)
})

test('ifNoneMatch keeps an existing file', async () => {
  const destination = destinationOf({ ifNoneMatch: true })
  fake.objects.set('x/Doe^John/a.dcm', Buffer.from('older'))
  const writing = destination.write(fileOf(Buffer.from('newer')))
  await expect(writing).rejects.toMatchObject({ code: 'OUTPUT_FILE_REFUSED', fatal: false })
  expect(fake.objects.get('x/Doe^John/a.dcm')?.toString()).toBe('older')
})

test('a record can be read back, rewritten, cut and removed', async () => {
  const { record } = destinationOf()
  const log = await record.append('manifest.ndjson', 0)
  await log.append('one\n')
  await log.close()
  await record.write('manifest.ndjson', Buffer.from('other\n'))
  expect(fake.objects.size).toBe(1)
  const longer = await record.append('manifest.ndjson', 3)
  await longer.append('er\n')
  await longer.close()
  expect(await textOf(record.read('manifest.ndjson'))).toBe('other\n')
  expect(await record.size?.('manifest.ndjson')).toBe(6)
  await record.remove('manifest.ndjson')
  expect(await record.read('manifest.ndjson')).toBeUndefined()
  expect(fake.objects.size).toBe(0)
})

test('a second export cannot lock a prefix until the first one releases it', async () => {
  const { record } = destinationOf()
  const lock = await record.lock()
  await expect(destinationOf().record.lock()).rejects.toMatchObject({ code: 'OUTPUT_LOCKED' })
  await lock.release()
  const next = await destinationOf().record.lock()
  await next.release()
  expect(fake.objects.size).toBe(0)
})

test('a digest takes one HEAD request, and is undefined for a missing file', async () => {
  const destination = destinationOf()
  const stored = await destination.write(fileOf(Buffer.from('one')))
  await using digester = createS3Digester({
    bucket: 'my-bucket',
    prefix: 'x',
    endpoint: fake.endpoint,
    region: 'eu-west-1',
    credentials,
  })
  const recorded = { bytes: 3, sha256: stored.sha256 }
  const { byteLength, sha256 } = stored
  fake.requests.length = 0
  expect(await digester.digest(stored.path, { recorded })).toEqual({ byteLength, sha256 })
  expect(fake.requests).toEqual(['HEAD x/Doe^John/a.dcm'])
  expect(await digester.digest('nothing.dcm', { recorded })).toBeUndefined()
})

async function textOf(reading: ReturnType<Destination['record']['read']>): Promise<string> {
  const chunks: Uint8Array[] = []
  for await (const chunk of (await reading) ?? []) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}
