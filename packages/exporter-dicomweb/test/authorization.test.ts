import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { TLSSocket } from 'node:tls'
import { startEmulator } from '@ahi-dicom/ahi-emulator'
import { dicomwebDestination, type DicomwebOptions } from '@ahi-dicom/exporter-dicomweb'
import { createFileWriter } from '@ahi-dicom/exporter-dicomweb/lane'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { instanceFile } from './support/instances.ts'
import { answer, startScripted, storeAll, type Script, type ScriptedServer } from './support/scripted-server.ts'

// Key and certificate for localhost, created like those of ahi-client.
const pem = readFileSync(new URL('fixtures/localhost.pem', import.meta.url), 'utf8')
const certificate = pem.slice(pem.indexOf('-----BEGIN CERTIFICATE'))

let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exporter-dicomweb-test-'))
})

afterAll(() => rm(folder, { recursive: true }))

async function store(options: DicomwebOptions): Promise<void> {
  const destination = dicomwebDestination({ maxAttempts: 2, retryDelayMs: 1, ...options })
  await destination.open()
  try {
    await destination.write(instanceFile('1.2.3'))
  } finally {
    await destination.close()
  }
}

function authorizations({ requests }: ScriptedServer): unknown[] {
  return requests.map(({ headers }) => headers.authorization)
}

/** Stores only if the request has this authorization. */
function onlyFor(authorization: string): Script {
  return (request, response) => {
    if (request.headers.authorization === authorization) storeAll(request, response)
    else response.writeHead(401).end()
  }
}

describe('a request has', () => {
  test('a bearer token', async () => {
    await using server = await startScripted(onlyFor('Bearer abc.def-1='))
    await store({ url: server.url, token: 'abc.def-1=' })
    expect(server.requests).toHaveLength(1)
  })

  test('the name and password of basic authentication', async () => {
    await using server = await startScripted(onlyFor(`Basic ${btoa('orthanc:a:b')}`))
    await store({ url: server.url, basic: { user: 'orthanc', password: 'a:b' } })
    expect(server.requests).toHaveLength(1)
  })

  test('headers of the caller', async () => {
    await using server = await startScripted(storeAll)
    await store({ url: server.url, headers: { 'x-project': 'one' } })
    expect(server.requests[0]?.headers['x-project']).toBe('one')
  })

  test('the token of a file, which is read again after a refusal', async () => {
    const tokenFile = join(folder, 'token')
    await writeFile(tokenFile, 'old\n')
    await using server = await startScripted((request, response) => {
      void writeFile(tokenFile, 'new\n').then(() => onlyFor('Bearer new')(request, response))
    })
    await store({ url: server.url, tokenFile })
    expect(authorizations(server)).toEqual(['Bearer old', 'Bearer new'])
  })

  test('the token that a function returns', async () => {
    const tokens = ['first', 'second']
    await using server = await startScripted(onlyFor('Bearer second'))
    await store({ url: server.url, token: async () => tokens.shift() ?? '' })
    expect(authorizations(server)).toEqual(['Bearer first', 'Bearer second'])
  })
})

test('does not show or send an invalid token', async () => {
  await using server = await startScripted(storeAll)
  const error: unknown = await store({ url: server.url, token: 'secret\r\nx: y' }).catch((reason: unknown) => reason)
  expect(error).toMatchObject({ code: 'OUTPUT_REFUSED', message: expect.not.stringContaining('secret') })
  await expect(store({ url: server.url, tokenFile: join(folder, 'none') })).rejects.toMatchObject({
    code: 'OUTPUT_REFUSED',
    message: expect.stringContaining('the file of the bearer token cannot be read (ENOENT)'),
  })
  expect(server.requests).toEqual([])
})

test('signs requests for AWS', async () => {
  const key = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
  await using emulator = await startEmulator({
    data: join(folder, 'signed'),
    region: 'eu-west-1',
    authentication: { keys: [key], bearerTokens: [] },
  })
  const url = `${emulator.endpoint}/datastore/${emulator.datastoreId}`
  const sigv4 = { service: 'medical-imaging', region: 'eu-west-1', credentials: key }
  const destination = dicomwebDestination({ url, sigv4 })
  expect(await destination.check?.()).toHaveLength(1)
  await destination.open()
  // The emulator accepts the signature, and reports that the instance has no patient.
  await expect(destination.write(instanceFile('1.2.3'))).rejects.toMatchObject({ code: 'OUTPUT_FILE_REFUSED' })
  await destination.close()
  const wrong = { ...sigv4, credentials: async () => ({ ...key, secretAccessKey: 'other' }) }
  await expect(dicomwebDestination({ url, sigv4: wrong }).check?.()).rejects.toMatchObject({ code: 'OUTPUT_REFUSED' })
})

function startSecure(script: Script): Promise<ScriptedServer> {
  const options = { key: pem, cert: pem, requestCert: true, ca: certificate, rejectUnauthorized: false }
  return startScripted(script, (listener) => createServer(options, listener))
}

describe('TLS', () => {
  test('trusts the given authority', async () => {
    await using server = await startSecure(storeAll)
    await store({ url: server.url, tls: { ca: certificate } })
    expect(server.requests).toHaveLength(1)
  })

  test('sends the certificate of the client', async () => {
    await using server = await startSecure((request, response) => {
      const authorized = response.socket instanceof TLSSocket && response.socket.authorized
      answer(response, 200, authorized ? request.uids.map((uid) => ({ uid })) : [{ uid: '0' }])
    })
    await store({ url: server.url, tls: { ca: certificate, cert: certificate, key: pem } })
    await expect(store({ url: server.url, tls: { ca: certificate } })).rejects.toThrow('does not mention it')
  })

  test('explains a failed connection and does not try again', async () => {
    vi.stubEnv('AWS_CA_BUNDLE', undefined)
    await using server = await startSecure(storeAll)
    await expect(store({ url: server.url })).rejects.toMatchObject({
      code: 'OUTPUT_UNREACHABLE',
      retryable: false,
      message: expect.stringMatching(
        /the certificate of 127\.0\.0\.1 is signed by an authority that is not trusted; give the certificate of its authority/,
      ),
    })
    await expect(store({ url: server.url.replace('https', 'http') })).rejects.toMatchObject({
      code: 'OUTPUT_UNREACHABLE',
    })
    await using plain = await startScripted(storeAll)
    await expect(store({ url: plain.url.replace('http', 'https') })).rejects.toThrow(
      'check whether the endpoint is https or http',
    )
    await expect(store({ url: server.url, tls: { cert: 'none', key: 'none' } })).rejects.toMatchObject({
      code: 'OUTPUT_REFUSED',
    })
    vi.unstubAllEnvs()
  })
})

describe('lanes', () => {
  test('get all plain settings', () => {
    const url = 'https://pacs.example/dicom-web'
    expect(dicomwebDestination({ url, token: 'abc' }).lane).toMatchObject({ options: { url, token: 'abc' } })
    const sigv4 = { service: 'medical-imaging', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } }
    expect(dicomwebDestination({ url, sigv4 }).lane).toMatchObject({ options: { sigv4 } })
  })

  test('are not used for credentials that only this thread can renew', () => {
    const url = 'https://pacs.example/dicom-web'
    expect(dicomwebDestination({ url, token: () => 'abc' }).lane).toBeUndefined()
    expect(dicomwebDestination({ url, sigv4: { service: 'medical-imaging' } }).lane).toBeUndefined()
  })
})

test.each([
  [{ url: 'ftp://pacs.example' }, '`url` to be an http or https URL'],
  [{ url: 'https://user:secret@pacs.example' }, 'give them as `basic`'],
  [{ url: 'https://pacs.example?a=b' }, 'without a query'],
  [{ url: 'https://pacs.example', token: 'a', basic: { user: 'a', password: 'b' } }, 'one of `token`, `basic`'],
  [{ url: 'https://pacs.example', basic: { user: 'a:b', password: 'b' } }, 'without a colon'],
  [{ url: 'https://pacs.example', concurrency: 0 }, '`concurrency` to be a whole number from 1 on'],
])('refuses invalid options', (options, why) => {
  expect(() => dicomwebDestination(options)).toThrow(why)
  expect(() => dicomwebDestination(options)).not.toThrow('secret')
})

describe('a check', () => {
  test('sends a search', async () => {
    await using server = await startScripted((_, response) => void response.writeHead(204).end())
    expect(await dicomwebDestination({ url: server.url }).check?.()).toEqual([
      'It answers searches. The first instance will show whether it accepts instances.',
    ])
    expect(server.requests.map(({ path }) => path)).toEqual(['/dicom-web/studies?limit=1'])
  })

  test('warns of an unencrypted connection', async () => {
    await using server = await startScripted((_, response) => void response.writeHead(204).end())
    const url = server.url.replace('127.0.0.1', '0.0.0.0')
    expect(await dicomwebDestination({ url }).check?.()).toContain(
      'The URL is http: instances and passwords are not encrypted in transit.',
    )
  })

  test.each([
    [204, 'It answers no searches (403), but it answers requests to store.'],
    [400, 'It refuses searches (403), and a request to store nothing (400).'],
  ])('sends an empty request to a server that does not answer searches: %i', async (code, known) => {
    await using server = await startScripted(
      ({ method }, response) => void response.writeHead(method === 'GET' ? 403 : code).end(),
    )
    expect(await dicomwebDestination({ url: server.url }).check?.()).toEqual([
      `${known} The first instance will show whether it accepts instances.`,
    ])
    expect(server.requests.map(({ instances }) => instances.length)).toEqual([0, 0])
  })

  test.each([
    [401, 'OUTPUT_REFUSED'],
    [403, 'OUTPUT_REFUSED'],
    [404, 'OUTPUT_NOT_FOUND'],
    [503, 'OUTPUT_UNREACHABLE'],
  ])('fails on %i', async (code, expected) => {
    await using server = await startScripted((_, response) => void response.writeHead(code).end())
    await expect(dicomwebDestination({ url: server.url }).check?.()).rejects.toMatchObject({ code: expected })
  })

  test('does not take a web page for an answer', async () => {
    await using server = await startScripted(
      (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
    )
    await expect(dicomwebDestination({ url: server.url }).check?.()).rejects.toMatchObject({ code: 'OUTPUT_NOT_FOUND' })
  })

  test('fails if nothing listens', async () => {
    const server = await startScripted(storeAll)
    await server[Symbol.asyncDispose]()
    await expect(dicomwebDestination({ url: server.url }).check?.()).rejects.toMatchObject({
      code: 'OUTPUT_UNREACHABLE',
    })
  })
})

test('a writer for a lane signs with fixed credentials', async () => {
  await using server = await startScripted(storeAll)
  const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' }
  const writer = createFileWriter({
    url: server.url,
    sigv4: { service: 'healthlake', region: 'us-east-1', credentials },
  })
  await writer.write(instanceFile('1.2.3', { byteLength: 300_000 }))
  await writer.close()
  expect(server.requests[0]?.headers).toMatchObject({
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/healthlake\/aws4_request, SignedHeaders=accept;content-type;host;user-agent;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=/,
    ),
    'x-amz-security-token': 'token',
  })
})
