import { execFileSync } from 'node:child_process'
import { lookup } from 'node:dns'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:https'
import { createServer as createTcpServer, type AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { Server as ProxyServer } from 'proxy-chain'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'

import { createAhiClient } from '@ahi-dicom/ahi-client'

import { proxiesOf } from '../src/http/proxies.ts'
import { credentials, datastoreId, frame, gathered, imageSetId, instance, rejection, testClient } from './fixtures.ts'
import { printedBy } from './node-process.ts'
import { bytes, scriptedService, silence } from './scripted-service.ts'
import type { Fetching } from './threads/fetching.ts'
import { messageOf, startThread } from './threads/thread.ts'

const body = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff)
let folder = ''
let service: Server
/** A host that only the proxy can resolve. */
let endpoint = ''
let ca = ''
let requests: string[] = []

function openssl(...parameters: readonly string[]): void {
  execFileSync('openssl', parameters, { cwd: folder, stdio: 'ignore' })
}

/** Creates an authority, and a certificate for a host that it signs. */
function makeCertificates(): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...key, '-days', '2', '-subj', '/CN=Hospital CA', '-keyout', 'ca.key', '-out', 'ca.pem')
  openssl('req', ...key, '-subj', '/CN=ahi.test', '-keyout', 'host.key', '-out', 'host.csr')
  writeFileSync(join(folder, 'names'), 'subjectAltName=DNS:ahi.test,DNS:sts.test')
  const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names']
  openssl('x509', '-req', '-in', 'host.csr', ...signing, '-out', 'host.pem')
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'ahi-client-networks-'))
  makeCertificates()
  ca = join(folder, 'ca.pem')
  const [key, cert] = [readFileSync(join(folder, 'host.key')), readFileSync(join(folder, 'host.pem'))]
  service = createServer({ key, cert }, (request, response) => {
    request.resume()
    requests.push(`${request.headers.host} ${request.url}`)
    if (request.headers.host?.startsWith('sts') === true) {
      response.writeHead(200, { 'content-type': 'text/xml' }).end(assumedRole())
      return
    }
    response.writeHead(200, { 'content-type': 'image/jph', 'content-length': String(body.length) }).end(body)
  })
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve))
  endpoint = `https://ahi.test:${portOf(service)}`
})
afterAll(() => {
  service.close()
  rmSync(folder, { recursive: true })
})

beforeEach(() => {
  requests = []
  for (const name of Object.keys(process.env)) {
    if (/^AWS_|_proxy$/i.test(name)) vi.stubEnv(name, undefined)
  }
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere')
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere')
})
afterEach(() => vi.unstubAllEnvs())

function assumedRole(): string {
  const result =
    '<Credentials><AccessKeyId>ASIAROLE</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>' +
    `<Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials>`
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult>${result}</AssumeRoleResult></AssumeRoleResponse>`
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

/** Resolves every host to this machine. */
const lookupHere: typeof lookup = Object.assign(
  (_host: string, options: unknown, done?: unknown): void => {
    Reflect.apply(lookup, undefined, ['127.0.0.1', options, done])
  },
  { __promisify__: lookup.__promisify__ },
)

interface Proxy extends AsyncDisposable {
  /** URL with user and password. */
  readonly url: string
  /** Hosts that were requested. */
  readonly asked: readonly string[]
}

/** Starts a proxy that requires a password and resolves the hosts of the test. */
async function startProxy(): Promise<Proxy> {
  const asked: string[] = []
  const server = new ProxyServer({
    port: 0,
    host: '127.0.0.1',
    prepareRequestFunction: ({ hostname, port, username, password }) => {
      asked.push(`${hostname}:${port}`)
      const requestAuthentication = username !== 'user' || password !== 'p:ss/w@rd'
      return { requestAuthentication, dnsLookup: lookupHere }
    },
  })
  await server.listen()
  return {
    url: `http://user:${encodeURIComponent('p:ss/w@rd')}@127.0.0.1:${server.port}`,
    asked,
    [Symbol.asyncDispose]: async () => server.close(true),
  }
}

describe('a proxy', () => {
  test.each(['HTTPS_PROXY', 'https_proxy'])(
    'of %s is tunnelled through, on sockets that are used again',
    async (name) => {
      await using proxy = await startProxy()
      vi.stubEnv(name, proxy.url)
      vi.stubEnv('AWS_CA_BUNDLE', ca)
      await using client = testClient(endpoint)
      for (let round = 0; round < 3; round += 1) expect((await client.getImageFrame(frame)).data).toEqual(body)
      expect(await gathered((await client.getDICOMInstance(instance)).data)).toEqual(body)
      expect(requests).toHaveLength(4)
      expect(proxy.asked).toEqual([endpoint.replace('https://', '')])
    },
  )

  test.each(['HTTP_PROXY', 'http_proxy'])('of %s gets requests for http', async (name) => {
    await using plain = await scriptedService(bytes(body))
    await using proxy = await startProxy()
    vi.stubEnv(name, proxy.url)
    await using client = testClient(plain.endpoint.replace('127.0.0.1', 'ahi.test'))
    expect((await client.getImageFrame(frame)).data).toEqual(body)
    expect(await gathered((await client.getDICOMInstance(instance)).data)).toEqual(body)
    expect(plain.requests).toHaveLength(2)
    expect(plain.requests.flatMap(({ headers }) => Object.keys(headers))).not.toContain('proxy-authorization')
    expect(new Set(proxy.asked).size).toBe(1)
  })

  test('serves the threads that share the access of a client, with the certificates of the profile', async () => {
    await using proxy = await startProxy()
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    writeFileSync(join(folder, 'config'), `[profile hospital]\nca_bundle = ${ca}\n`)
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
    await using client = testClient(endpoint, { profile: 'hospital' })
    const access = await client.shareAccess({ connections: 2 })
    const work = { access, frame, imageFrameIds: ['1', '2', '3'].map((id) => id.repeat(32)) } satisfies Fetching
    const thread = startThread('fetching.ts', work, access.transfer)
    const sum = body.reduce((total, byte) => total + byte, 0)
    expect(Object.values(Object(await messageOf(thread)))).toEqual([sum, sum, sum])
    await thread.terminate()
    expect(proxy.asked.length).toBeGreaterThan(0)
  })

  test('is not used for hosts of NO_PROXY', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://127.0.0.1:1')
    vi.stubEnv('NO_PROXY', 'other.test,ahi.test')
    await using client = testClient(endpoint)
    expect(String(await rejection(client.getImageFrame(frame)))).toContain('ahi.test (')
  })

  test.each(['https', 'http'])('that requires another password is not taken for AHI, for %s', async (protocol) => {
    await using proxy = await startProxy()
    for (const name of ['HTTPS_PROXY', 'HTTP_PROXY']) vi.stubEnv(name, proxy.url.replace('user', 'nobody'))
    await using client = testClient(endpoint.replace('https', protocol))
    const error = await rejection(client.getImageFrame(frame))
    expect(error).toMatchObject({ code: 'AHI_ACCESS_DENIED', statusCode: 407, retryable: false })
    expect(String(error)).toContain('the proxy asks for a user name and a password (407); give them in HTTPS_PROXY')
    expect(String(error)).not.toContain('nobody')
    expect(requests).toEqual([])
  })

  test('that refuses a host gives a clear error and gets nothing of the request', async () => {
    await using proxy = await refusingProxy(403)
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    await using client = testClient(endpoint)
    const error = await rejection(client.getImageFrame(frame))
    expect(error).toMatchObject({ code: 'AHI_ACCESS_DENIED', statusCode: 403, retryable: false })
    expect(String(error)).toContain('the proxy refuses the connection (403); allow the host of the service')
    expect(proxy.received.join('')).not.toMatch(/authorization|AKID/i)
  })

  test('that fails temporarily is tried again', async () => {
    await using proxy = await refusingProxy(503)
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    await using client = testClient(endpoint, { maxAttempts: 3 })
    expect(await rejection(client.getImageFrame(frame))).toMatchObject({ statusCode: 503, retryable: true })
    expect(proxy.received.join('').match(/CONNECT ahi\.test/g)).toHaveLength(3)
  })

  test('that does not exist is named in the error without its password', async () => {
    vi.stubEnv('HTTPS_PROXY', 'http://user:secret@127.0.0.1:1')
    await using client = testClient(endpoint)
    const error = await rejection(client.getImageFrame(frame))
    expect(error).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: false })
    expect(String(error)).toContain('the proxy cannot be reached (ECONNREFUSED); check HTTPS_PROXY')
    expect(String(error)).not.toContain('secret')
  })

  test('that is silent fails', async () => {
    await using silent = await scriptedService(silence)
    vi.stubEnv('HTTPS_PROXY', silent.endpoint)
    await using client = testClient(endpoint, { maxAttempts: 2, requestTimeoutMs: 100 })
    expect(await rejection(client.getImageFrame(frame))).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: true })
  })

  test('that is not an http URL is an error that does not show it', async () => {
    vi.stubEnv('HTTPS_PROXY', 'ftp://user:secret@127.0.0.1:1')
    await using client = testClient(endpoint)
    const error = await rejection(client.getImageFrame(frame))
    expect(error).toMatchObject({ code: 'AHI_VALIDATION', retryable: false })
    expect(String(error)).toContain('the proxy of HTTPS_PROXY is not an http or https URL')
    expect(String(error)).not.toContain('secret')
  })

  test.each([
    ['socks5://user:hunter2@127.0.0.1:1080', 'the proxy of HTTPS_PROXY is a SOCKS proxy, which is not supported'],
    ['http://user:hunter2%zz@127.0.0.1:1', 'in its user name or password that must be percent-encoded'],
    ['http://user:1/hunter2@127.0.0.1:1', 'in its user name or password that must be percent-encoded'],
    ['http://user:1#hunter2@127.0.0.1:1', 'in its user name or password that must be percent-encoded'],
  ])('of the form %s is an error that says why', async (proxy, words) => {
    vi.stubEnv('HTTPS_PROXY', proxy)
    await using client = testClient('https://127.0.0.2:1')
    const error = await rejection(client.getImageFrame(frame))
    expect(error).toMatchObject({ code: 'AHI_VALIDATION', retryable: false })
    expect(String(error)).toContain(words)
    expect(String(error)).not.toContain('hunter2')
  })

  test('serves requests for credentials, with the code of an MFA device', async () => {
    await using proxy = await startProxy()
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    vi.stubEnv('AWS_CA_BUNDLE', ca)
    vi.stubEnv('AWS_ENDPOINT_URL_STS', `https://sts.test:${portOf(service)}`)
    const role =
      '[profile doctor]\nrole_arn = arn:aws:iam::1:role/doctor\nsource_profile = keys\nmfa_serial = arn:aws:iam::1:mfa/me\n'
    writeFileSync(join(folder, 'roles'), `${role}[profile keys]\naws_access_key_id = A\naws_secret_access_key = s\n`)
    vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'roles'))
    const options = { endpoint, region: 'us-east-1', profile: 'doctor' }
    const serials: string[] = []
    const mfaCodeProvider = async (serial: string): Promise<string> => {
      serials.push(serial)
      return '123456'
    }
    await using client = createAhiClient({ ...options, mfaCodeProvider })
    expect((await client.getImageFrame(frame)).data).toEqual(body)
    expect(serials).toEqual(['arn:aws:iam::1:mfa/me'])
    expect(requests.map((request) => request.split(':')[0])).toEqual(['sts.test', 'ahi.test'])
    await using without = createAhiClient(options)
    const error = await rejection(without.getImageFrame(frame))
    expect(error).toMatchObject({ code: 'AHI_CREDENTIALS', retryable: false })
    expect(String(error)).toContain('the profile "doctor" needs an MFA code, and nothing asks for it')
  })
})

/** Starts a proxy that answers each CONNECT with an error and records the data that it gets. */
async function refusingProxy(
  status: number,
): Promise<AsyncDisposable & { readonly url: string; readonly received: readonly string[] }> {
  const received: string[] = []
  const server = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (data) => {
      received.push(data.toString('latin1'))
      socket.write(`HTTP/1.1 ${status} Blocked\r\ncontent-type: text/html\r\ncontent-length: 6\r\n\r\n<html>`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    received,
    [Symbol.asyncDispose]: async () => void server.close(),
  }
}

function proxyOf(env: NodeJS.ProcessEnv, url: string): string | undefined {
  const { protocol, hostname, port } = new URL(url)
  return proxiesOf(env)?.({ protocol, hostname, port: port === '' ? undefined : Number(port) })?.href
}

describe('the proxy of a request', () => {
  test.each([
    [{ https_proxy: 'http://lower:1', HTTPS_PROXY: 'http://upper:1' }, 'https://a.test', 'http://lower:1/'],
    [{ HTTPS_PROXY: 'proxy.test:3128' }, 'https://a.test', 'http://proxy.test:3128/'],
    [{ HTTPS_PROXY: 'https://p:8443' }, 'https://a.test', 'https://p:8443/'],
    [{ HTTPS_PROXY: 'http://p' }, 'http://a.test', undefined],
    [{ HTTP_PROXY: 'http://p' }, 'http://a.test', 'http://p/'],
    [{ HTTPS_PROXY: '' }, 'https://a.test', undefined],
  ])('by %j for %s is %s', (env, url, expected) => {
    expect(proxyOf(env, url)).toBe(expected)
  })

  test.each([
    ['amazonaws.com', 'https://runtime-medical-imaging.us-east-1.amazonaws.com', false],
    ['.amazonaws.com', 'https://runtime-medical-imaging.us-east-1.amazonaws.com', false],
    ['*.AmazonAWS.com', 'https://runtime-medical-imaging.us-east-1.amazonaws.com', false],
    ['amazonaws.com', 'https://notamazonaws.com', true],
    ['a.test:8443', 'https://a.test:8443', false],
    ['a.test:8443', 'https://a.test', true],
    ['a.test:443', 'https://a.test', false],
    ['b.test, a.test', 'https://a.test', false],
    ['b.test a.test', 'https://a.test', false],
    ['*', 'https://a.test', false],
    ['10.0.0.0/8', 'https://10.1.2.3', false],
    ['10.0.0.0/8', 'https://11.1.2.3', true],
    ['10.0.0.0/99', 'https://10.1.2.3', true],
    ['2001:db8::/32', 'https://[2001:db8::1]', false],
    ['2001:db8::1', 'https://[2001:db8::1]:8443', false],
    ['[2001:db8::1]:8443', 'https://[2001:db8::1]:8443', false],
    ['', 'https://a.test', true],
  ])('with NO_PROXY=%s for %s: %s', (list, url, isProxied) => {
    expect(proxyOf({ HTTPS_PROXY: 'http://p', NO_PROXY: list }, url) !== undefined).toBe(isProxied)
  })

  test.each([
    'https://localhost:1',
    'https://ahi.localhost',
    'https://127.0.0.1:1',
    'https://127.8.9.1',
    'https://[::1]:1',
    'https://169.254.169.254',
    'https://169.254.170.2',
    'https://[fd00:ec2::254]',
  ])('is never used for %s, which only this machine can reach', (url) => {
    expect(proxyOf({ HTTPS_PROXY: 'http://p' }, url)).toBeUndefined()
  })
})

async function errorThrough(env: Readonly<Record<string, string>>, host = endpoint): Promise<unknown> {
  await using proxy = await startProxy()
  for (const [name, value] of Object.entries({ HTTPS_PROXY: proxy.url, ...env })) vi.stubEnv(name, value)
  await using client = testClient(host)
  return await rejection(client.getImageFrame(frame))
}

describe('certificates', () => {
  beforeEach(() => vi.stubEnv('NODE_EXTRA_CA_CERTS', undefined))

  test('of an untrusted authority give an error that says how to trust it', async () => {
    const error = await errorThrough({})
    expect(error).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: false })
    expect(String(error)).toMatch(
      /the certificate of ahi\.test is signed by an authority that is not trusted; .* AWS_CA_BUNDLE/,
    )
    expect(requests).toEqual([])
  })

  test('of another host are an error without another attempt', async () => {
    const error = await errorThrough({ AWS_CA_BUNDLE: ca }, endpoint.replace('ahi.test', 'other.test'))
    expect(error).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: false })
    expect(String(error)).toContain(
      'the certificate of other.test is for another host; check the endpoint and the region',
    )
  })

  test.each([
    ['that does not exist', '/nowhere/ca.pem', 'the certificates of AWS_CA_BUNDLE cannot be read (ENOENT)'],
    ['without a certificate', '/etc/hostname', 'the file of AWS_CA_BUNDLE holds no certificate'],
  ])('a bundle %s is an error', async (_, path, words) => {
    const error = await errorThrough({ AWS_CA_BUNDLE: path })
    expect(error).toMatchObject({ code: 'AHI_VALIDATION', retryable: false })
    expect(String(error)).toContain(words)
  })

  test('a damaged bundle is an error', async () => {
    writeFileSync(join(folder, 'damaged.pem'), readFileSync(ca, 'utf8').replace(/\n.{20}/, '\n!'))
    const error = await errorThrough({ AWS_CA_BUNDLE: join(folder, 'damaged.pem') })
    expect(String(error)).toContain('the certificates of AWS_CA_BUNDLE are damaged')
  })

  test('of NODE_EXTRA_CA_CERTS are trusted with and without AWS_CA_BUNDLE', async () => {
    await using proxy = await startProxy()
    const other = readFileSync(new URL('fixtures/localhost.pem', import.meta.url), 'utf8')
    writeFileSync(join(folder, 'other.pem'), other.slice(other.indexOf('-----BEGIN CERTIFICATE')))
    vi.stubEnv('NODE_EXTRA_CA_CERTS', ca)
    vi.stubEnv('HTTPS_PROXY', proxy.url)
    const module = `
      import { createAhiClient } from '@ahi-dicom/ahi-client'
      const options = { endpoint: '${endpoint}', region: 'us-east-1', credentials: ${JSON.stringify(credentials)} }
      await using client = createAhiClient(options)
      const frame = { datastoreId: '${datastoreId}', imageSetId: '${imageSetId}', imageFrameId: '${'1'.repeat(32)}' }
      console.log((await client.getImageFrame(frame)).data.length)
    `
    expect((await printedBy(module)).trim()).toBe(String(body.length))
    vi.stubEnv('AWS_CA_BUNDLE', join(folder, 'other.pem'))
    expect((await printedBy(module)).trim()).toBe(String(body.length))
  })
})

test('a host behind a firewall that drops packets is tried three times, and the error suggests a proxy', async () => {
  // A firewall that drops packets leaves the socket connecting.
  const connect = vi.spyOn(Socket.prototype, 'connect').mockImplementation(function (this: Socket) {
    Object.assign(this, { connecting: true })
    return this
  })
  await using client = testClient('https://127.0.0.2:1', { requestTimeoutMs: 50 })
  const error = await rejection(client.getImageFrame(frame))
  expect(error).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: true })
  expect(String(error)).toContain('no connection to 127.0.0.2 could be made within 50 ms')
  expect(String(error)).toContain('if this network needs a proxy, set HTTPS_PROXY')
  expect(connect).toHaveBeenCalledTimes(3)
  connect.mockRestore()
})
