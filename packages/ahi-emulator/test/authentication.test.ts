import { GetDatastoreCommand, MedicalImagingClient } from '@aws-sdk/client-medical-imaging'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { secondaryCapture } from './support/secondary-capture.ts'
import { hasPython, runPython } from './support/tools.ts'

const permanentKey = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const temporaryKey = { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret of a session', sessionToken: 'token==' }
const expiredKey = { accessKeyId: 'ASIAENDED', secretAccessKey: 'ended', sessionToken: 'old', expiration: new Date(0) }

describe('authentication', () => {
  let emulator: Emulator

  beforeAll(async () => {
    const authentication = {
      keys: [permanentKey, temporaryKey, expiredKey],
      bearerTokens: ['plain-token', webToken(60), webToken(-60), webToken(60, 13)],
    }
    emulator = await startEmulator({ authentication })
    await emulator.importDicom([secondaryCapture()])
  })

  afterAll(() => emulator.close())

  function client(credentials: typeof permanentKey & { sessionToken?: string }): MedicalImagingClient {
    const { endpoint } = emulator
    return new MedicalImagingClient({
      endpoint,
      region: 'us-east-1',
      credentials,
      disableHostPrefix: true,
      maxAttempts: 1,
    })
  }

  test.each([permanentKey, temporaryKey])(
    'the SDK for JavaScript passes with the key $accessKeyId',
    async (credentials) => {
      const { datastoreId } = emulator
      const { datastoreProperties } = await client(credentials).send(new GetDatastoreCommand({ datastoreId }))
      expect(datastoreProperties?.datastoreId).toBe(datastoreId)
    },
  )

  test('the SDK for JavaScript gets an error for a wrong secret', async () => {
    const { datastoreId } = emulator
    const wrong = client({ ...permanentKey, secretAccessKey: 'another' })
    await expect(wrong.send(new GetDatastoreCommand({ datastoreId }))).rejects.toMatchObject({
      name: 'InvalidSignatureException',
      $metadata: { httpStatusCode: 403 },
    })
  })

  test.skipIf(!hasPython('botocore'))('answers what botocore signs as AWS does', async () => {
    const datastore = `/datastore/${emulator.datastoreId}`
    const instance = `${datastore}/studies/1.2/series/1.3/instances/1.4?imageSetId=${'a'.repeat(32)}`
    const signed = {
      method: 'GET',
      path: datastore,
      key: permanentKey.accessKeyId,
      secret: permanentKey.secretAccessKey,
    }
    const search = {
      ...signed,
      method: 'POST',
      path: `${datastore}/searchImageSets?nextToken=a%2Fb%2Bc%3D%3D&maxResults=5`,
    }
    const tags = `/tags/${encodeURIComponent(`arn:aws:medical-imaging:us-east-1:123456789012:datastore/${emulator.datastoreId}`)}`
    const cases: [request: object, status: number, error: string | null][] = [
      [signed, 200, null],
      [{ ...search, path: `${datastore}/searchImageSets?maxResults=5`, body: '{}' }, 200, null],
      [{ ...search, body: '{}' }, 400, 'ValidationException'],
      [{ ...signed, path: instance }, 404, 'ResourceNotFoundException'],
      [{ ...signed, path: tags }, 200, null],
      [
        {
          ...signed,
          key: temporaryKey.accessKeyId,
          secret: temporaryKey.secretAccessKey,
          token: temporaryKey.sessionToken,
        },
        200,
        null,
      ],
      [
        { ...signed, key: temporaryKey.accessKeyId, secret: temporaryKey.secretAccessKey },
        403,
        'UnrecognizedClientException',
      ],
      [
        { ...signed, key: temporaryKey.accessKeyId, secret: temporaryKey.secretAccessKey, token: 'other' },
        403,
        'UnrecognizedClientException',
      ],
      [
        { ...signed, key: expiredKey.accessKeyId, secret: expiredKey.secretAccessKey, token: 'old' },
        403,
        'ExpiredTokenException',
      ],
      [{ ...signed, key: 'AKIDNOBODY' }, 403, 'UnrecognizedClientException'],
      [{ ...signed, secret: 'another' }, 403, 'InvalidSignatureException'],
      [{ ...signed, region: 'eu-west-1' }, 403, 'InvalidSignatureException'],
      [{ ...signed, service: 's3' }, 403, 'InvalidSignatureException'],
      [{ ...signed, skew: 240 }, 200, null],
      [{ ...signed, skew: 600 }, 403, 'InvalidSignatureException'],
      [{ ...signed, skew: -600 }, 403, 'InvalidSignatureException'],
      [
        {
          ...search,
          path: `${datastore}/searchImageSets`,
          body: '{}',
          change: { 'X-Amz-Content-Sha256': '0'.repeat(64) },
        },
        403,
        'InvalidSignatureException',
      ],
      [
        { ...signed, headers: { Accept: 'application/json' }, change: { Accept: 'text/plain' } },
        403,
        'InvalidSignatureException',
      ],
      [
        { ...signed, change: { Authorization: 'AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request' } },
        403,
        'IncompleteSignatureException',
      ],
      [{ ...signed, change: { Authorization: 'Basic abc' } }, 403, 'IncompleteSignatureException'],
    ]
    const input = { endpoint: emulator.endpoint, requests: cases.map(([request]) => request) }
    expect(await runPython('send_signed.py', { input })).toEqual(cases.map(([, status, error]) => [status, error]))
  })

  test('refuses requests without a signature', async () => {
    const response = await fetch(`${emulator.endpoint}/datastore`)
    expect(response.status).toBe(403)
    expect(response.headers.get('x-amzn-errortype')).toBe('MissingAuthenticationTokenException')
  })

  test.each([
    ['a known token', 'plain-token', 404],
    ['a valid web token', webToken(60), 404],
    ['an expired web token', webToken(-60), 401],
    ['a web token issued 13 hours ago', webToken(60, 13), 401],
    ['an unknown token', 'other', 401],
  ])('answers DICOMweb requests with %s', async (_, token, status) => {
    const path = `/datastore/${emulator.datastoreId}/studies/1.2/series/1.3/instances/1.4`
    const response = await fetch(`${emulator.endpoint}${path}`, { headers: { Authorization: `Bearer ${token}` } })
    expect(response.status).toBe(status)
  })

  test('accepts bearer tokens only for DICOMweb', async () => {
    const headers = { Authorization: 'Bearer plain-token' }
    expect((await fetch(`${emulator.endpoint}/datastore`, { headers })).status).toBe(403)
  })
})

/** Returns a JSON Web Token with the given seconds until expiry and hours since issue. */
function webToken(seconds: number, hoursAgo = 0): string {
  const now = Math.floor(Date.now() / 1000)
  const claims = { exp: Math.floor(now / 60) * 60 + 60 * seconds, iat: Math.floor(now / 3600) * 3600 - 3600 * hoursAgo }
  return `${part({ alg: 'RS256' })}.${part(claims)}.signature`
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
