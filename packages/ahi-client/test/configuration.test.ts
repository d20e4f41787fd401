import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'

import { type AhiClientOptions, createAhiClient } from '@ahi-dicom/ahi-client'

import { connect, type ConnectionOptions } from '../src/service/connection.ts'
import { createImageSetBytes } from '../src/service/image-set-bytes.ts'
import { createJsonOperations } from '../src/service/json-operations.ts'
import { collected, credentials, frame, imageSet, instance, rejection } from './fixtures.ts'
import { connectionParts, recordingTransport } from './recording-transport.ts'
import { json, scriptedService } from './scripted-service.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ahi-client-'))
  await writeFile(
    join(folder, 'config'),
    [
      '[default]',
      'region = eu-west-1',
      '[profile other]',
      'region = ap-southeast-2',
      '[profile pointed]',
      'region = us-west-2',
      'endpoint_url = http://pointed.test:81/base',
      '[profile serviced]',
      'region = us-west-2',
      'endpoint_url = http://general.test:82',
      'services = local',
      '[services local]',
      'medical_imaging =',
      '  endpoint_url = http://serviced.test:83',
      '[profile federal]',
      'region = us-gov-west-1',
      'use_fips_endpoint = true',
      'use_dualstack_endpoint = true',
    ].join('\n'),
  )
  await writeFile(
    join(folder, 'credentials'),
    ['[other]', 'aws_access_key_id = AKIDOTHER', 'aws_secret_access_key = other'].join('\n'),
  )
})
afterAll(() => rm(folder, { recursive: true }))

beforeEach(() => {
  for (const name of Object.keys(process.env).filter((name) => name.startsWith('AWS_'))) vi.stubEnv(name, undefined)
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true')
  vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'))
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'))
})
afterEach(() => vi.unstubAllEnvs())

/** Returns the destinations of requests of each kind, and the regions that they are signed for. */
async function destinations(
  options: ConnectionOptions,
): Promise<{ control: string; runtime: string; frame: string; dicom: string; region: string }> {
  const transport = recordingTransport({ ...imageSet, versionId: '1', imageSetState: 'ACTIVE', datastoreSummaries: [] })
  const connection = await connect({ credentials, ...options }, connectionParts(transport))
  const operations = createJsonOperations(connection, transport)
  await operations.listDatastores(
    { datastoreStatus: undefined, nextToken: undefined, maxResults: undefined },
    undefined,
  )
  await operations.getImageSet(imageSet, undefined)
  const bytes = createImageSetBytes(connection, transport, { maxFrameByteLength: 1, maxStreamByteLength: 1 })
  await bytes.getImageFrame(frame, undefined)
  await bytes.getDICOMInstance({ ...instance, transferSyntax: '*' }, undefined)
  const [control = '', runtime = '', frameRequest = '', dicom = ''] = transport.requests.map(
    ({ protocol, hostname, port, path }) => `${protocol}//${hostname}:${port ?? ''}${path.split('/datastore')[0]}`,
  )
  const regions = transport.requests.map(({ headers }) => headers['authorization']?.split('/')[2])
  expect(new Set(regions).size).toBe(1)
  return { control, runtime, frame: frameRequest, dicom, region: regions[0] ?? '' }
}

describe('the endpoint', () => {
  test('is the AWS endpoint by default, with a separate host for image sets', async () => {
    expect(await destinations({ region: 'us-west-2' })).toEqual({
      control: 'https://medical-imaging.us-west-2.amazonaws.com:',
      runtime: 'https://runtime-medical-imaging.us-west-2.amazonaws.com:',
      frame: 'https://runtime-medical-imaging.us-west-2.amazonaws.com:',
      dicom: 'https://dicom-medical-imaging.us-west-2.amazonaws.com:',
      region: 'us-west-2',
    })
  })

  test('may be the FIPS endpoint', async () => {
    vi.stubEnv('AWS_USE_FIPS_ENDPOINT', 'true')
    const { control, frame, dicom } = await destinations({ region: 'us-east-1' })
    expect(control).toBe('https://medical-imaging-fips.us-east-1.amazonaws.com:')
    expect(frame).toBe('https://runtime-medical-imaging-fips.us-east-1.amazonaws.com:')
    expect(dicom).toBe('https://dicom-medical-imaging-fips.us-east-1.amazonaws.com:')
  })

  test.each([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://localhost:8080/base/', 'http://localhost:8080/base'],
    ['http://[::1]:8080', 'http://[::1]:8080'],
    [
      'https://vpce-1.medical-imaging.us-east-1.vpce.amazonaws.com',
      'https://vpce-1.medical-imaging.us-east-1.vpce.amazonaws.com:',
    ],
  ])('%s has no host prefix', async (endpoint, expected) => {
    const { control, runtime, frame, dicom } = await destinations({ region: 'us-east-1', endpoint })
    expect([control, runtime, frame, dicom]).toEqual([expected, expected, expected, expected])
  })

  test.each([
    ['dual-stack', 'AWS_USE_DUALSTACK_ENDPOINT', 'us-east-1', 'https://dicom-medical-imaging.us-east-1.api.aws:'],
    ['of China', '', 'cn-north-1', 'https://dicom-medical-imaging.cn-north-1.amazonaws.com.cn:'],
  ])('may be %s', async (_, variable, region, expected) => {
    if (variable !== '') vi.stubEnv(variable, 'true')
    const { dicom, frame } = await destinations({ region })
    expect(dicom).toBe(expected)
    expect(frame).toBe(expected.replace('dicom-', 'runtime-'))
  })

  test('of whole instances follows from a given endpoint of image sets', async () => {
    const endpoint = 'https://runtime-medical-imaging.us-east-1.amazonaws.com'
    const { frame, dicom } = await destinations({ region: 'us-east-1', endpoint })
    expect(frame).toBe(`${endpoint}:`)
    expect(dicom).toBe('https://dicom-medical-imaging.us-east-1.amazonaws.com:')
  })

  test('keeps the host prefix if it is an AWS endpoint', async () => {
    const { frame, runtime } = await destinations({
      region: 'us-east-1',
      endpoint: 'https://medical-imaging.us-east-1.amazonaws.com',
    })
    expect(runtime).toBe('https://runtime-medical-imaging.us-east-1.amazonaws.com:')
    expect(frame).toBe(runtime)
  })

  test('comes from the environment, first from the variable of the service', async () => {
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://any.test:1')
    expect(await destinations({ region: 'us-east-1' })).toMatchObject({
      control: 'http://any.test:1',
      runtime: 'http://any.test:1',
      frame: 'http://any.test:1',
    })
    vi.stubEnv('AWS_ENDPOINT_URL_MEDICAL_IMAGING', 'http://imaging.test:2')
    expect(await destinations({ region: 'us-east-1' })).toMatchObject({
      runtime: 'http://imaging.test:2',
      frame: 'http://imaging.test:2',
    })
    const { frame } = await destinations({ region: 'us-east-1', endpoint: 'http://given.test:3' })
    expect(frame).toBe('http://given.test:3')
  })

  test('comes from the given profile', async () => {
    const { frame, region } = await destinations({ profile: 'pointed' })
    expect({ frame, region }).toEqual({ frame: 'http://pointed.test:81/base', region: 'us-west-2' })
  })

  test('of a services section has precedence over its profile, but not over the environment', async () => {
    expect(await destinations({ profile: 'serviced' })).toMatchObject({ frame: 'http://serviced.test:83' })
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://any.test:1')
    expect(await destinations({ profile: 'serviced' })).toMatchObject({ frame: 'http://any.test:1' })
    vi.stubEnv('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', 'true')
    expect(await destinations({ profile: 'serviced' })).toMatchObject({
      frame: 'https://runtime-medical-imaging.us-west-2.amazonaws.com:',
    })
  })

  test('may be the FIPS and dual-stack endpoint because of the profile', async () => {
    const { control, frame, dicom } = await destinations({ profile: 'federal' })
    expect(control).toBe('https://medical-imaging-fips.us-gov-west-1.api.aws:')
    expect(frame).toBe('https://runtime-medical-imaging-fips.us-gov-west-1.api.aws:')
    expect(dicom).toBe('https://dicom-medical-imaging-fips.us-gov-west-1.api.aws:')
  })

  test('comes from the profile that AWS_PROFILE names', async () => {
    vi.stubEnv('AWS_PROFILE', 'pointed')
    expect(await destinations({})).toMatchObject({
      runtime: 'http://pointed.test:81/base',
      frame: 'http://pointed.test:81/base',
      region: 'us-west-2',
    })
  })
})

describe('the region', () => {
  test('is the option, then AWS_REGION, then AWS_DEFAULT_REGION, then the region of the profile', async () => {
    expect(await destinations({})).toMatchObject({ region: 'eu-west-1' })
    expect(await destinations({ profile: 'other' })).toMatchObject({ region: 'ap-southeast-2' })
    vi.stubEnv('AWS_DEFAULT_REGION', 'us-west-2')
    expect(await destinations({ profile: 'other' })).toMatchObject({ region: 'us-west-2' })
    vi.stubEnv('AWS_REGION', 'us-east-1')
    expect(await destinations({})).toMatchObject({ region: 'us-east-1' })
    expect(await destinations({ region: 'ap-southeast-2' })).toMatchObject({ region: 'ap-southeast-2' })
  })

  test('is required: the error says how to set it', async () => {
    vi.stubEnv('AWS_PROFILE', 'nowhere')
    await using client = createAhiClient({ credentials })
    const error = await rejection(client.getImageFrame(frame))
    expect(error).toMatchObject({ code: 'AHI_VALIDATION', retryable: false })
    expect(String(error)).toContain('the AWS region is not set; set AWS_REGION, or region in the profile "nowhere"')
  })
})

async function usedKey(options: ConnectionOptions): Promise<string | undefined> {
  const connection = await connect({ region: 'us-east-1', ...options }, connectionParts(recordingTransport({})))
  return (await connection.credentials.get()).accessKeyId
}

describe('the credentials', () => {
  test('come from the option, then the given profile, then the environment', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIDENV')
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'env')
    expect(await usedKey({})).toBe('AKIDENV')
    expect(await usedKey({ profile: 'other' })).toBe('AKIDOTHER')
    expect(await usedKey({ profile: 'other', credentials })).toBe('AKIDEXAMPLE')
    expect(await usedKey({ credentials: async () => ({ ...credentials, sessionToken: undefined }) })).toBe(
      'AKIDEXAMPLE',
    )
  })

  test.each<[string, AhiClientOptions, string?]>([
    ['missing ones', {}],
    ['a profile that does not exist', { profile: 'nobody' }, 'no profile "nobody"; run aws configure list-profiles'],
    ['a provider that fails', { credentials: () => Promise.reject(new Error('no card in the reader')) }],
    // As passed from JavaScript, without type checks.
    ['incomplete ones', { credentials: JSON.parse('{"accessKeyId":"AKID"}') }],
    [
      'an access key id in typographic quotes',
      { credentials: { ...credentials, accessKeyId: '“AKID”' } },
      'copy it again',
    ],
    [
      'a session token with a line break',
      { credentials: { ...credentials, sessionToken: 'to\nken' } },
      'copy it again',
    ],
  ])('%s: the error says what to do, before any request', async (_, options, words = 'aws sso login') => {
    await using service = await scriptedService(json({}))
    await using client = createAhiClient({ region: 'us-east-1', endpoint: service.endpoint, ...options })
    for (const error of [
      await rejection(client.getImageFrame(frame)),
      await rejection(collected(client.listDatastores())),
    ]) {
      expect(error).toMatchObject({ code: 'AHI_CREDENTIALS', retryable: false })
      expect(String(error)).toContain(words)
    }
    expect(service.requests).toHaveLength(0)
  })

  test('are renewed before they expire, by one request at a time', async () => {
    let asked = 0
    const provider = async (): Promise<typeof credentials & { expiration: Date }> => {
      asked += 1
      return { ...credentials, expiration: new Date(Date.now() + 3_600_000) }
    }
    const connection = await connect(
      { region: 'us-east-1', credentials: provider },
      connectionParts(recordingTransport({})),
    )
    await Promise.all(Array.from({ length: 10 }, () => connection.credentials.get()))
    expect(asked).toBe(1)
  })
})

test.each<[string, AhiClientOptions]>([
  ['maxConnections', { maxConnections: 0 }],
  ['maxAttempts', { maxAttempts: 1.5 }],
  ['requestTimeoutMs', { requestTimeoutMs: Number.NaN }],
  ['conflictTimeoutMs', { conflictTimeoutMs: -1 }],
  ['outageTimeoutMs', { outageTimeoutMs: Infinity }],
  ['maxRates', { maxRates: JSON.parse('{"GetPixels":1}') }],
  ['maxRates.GetImageFrame', { maxRates: { GetImageFrame: 0 } }],
  ['maxRates.GetImageFrame', { maxRates: { GetImageFrame: Number.NaN } }],
  ['endpoint', { endpoint: '127.0.0.1:8080' }],
  ['endpoint', { endpoint: 'ftp://x' }],
])('an invalid `%s` is a TypeError that names it', (name, options) => {
  expect(() => createAhiClient(options)).toThrow(new RegExp(`^Expected \`${name}\``))
})
