import { GetImageSetCommand, MedicalImagingClient } from '@aws-sdk/client-medical-imaging'
import { expect, test } from 'vitest'

import { createRequestSigner } from '../src/service/signature.ts'
import { credentials, datastoreId, imageFrameId, imageSet, imageSetId, rejection } from './fixtures.ts'

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY' }
const host = 'runtime-medical-imaging.us-west-2.amazonaws.com'
const path = `/datastore/${datastoreId}/imageSet/${imageSetId}`

// Signatures of the same requests by botocore 1.43.11 (botocore.auth.SigV4Auth: canonical_request, string_to_sign,
// signature).
test.each([
  [
    'a frame',
    { host, method: 'POST', path: `${path}/getImageFrame`, query: '', body: `{"imageFrameId":"${imageFrameId}"}` },
    keys,
    '2025-06-05T01:02:03.456Z',
    'd94864cd3a18e4a578fc93d3a7484bb209bf0ebb412620caf5b14dfdeb799b7c',
  ],
  [
    'a version, with a session token',
    { host, method: 'POST', path: `${path}/getImageSetMetadata`, query: 'version=12', body: '' },
    { ...keys, sessionToken: 'token//+=' },
    '2025-12-31T23:59:59Z',
    '03bb7e4f4d75922ea8d3b39ee0cc28595811dd4da8896a42f7a426d15a168dbb',
  ],
  [
    'a path that is percent-encoded',
    {
      host: '127.0.0.1:8000',
      method: 'POST',
      path: `/a%20base%2Fpath/(x)${path}/getImageSetMetadata`,
      query: '',
      body: '',
    },
    keys,
    '2025-06-05T01:02:03Z',
    'fbb16df7bb64f6fabd08b0f4cf699b869f4cce38c4c091d0ef0bdd84c695b46f',
  ],
])('signs %s as botocore does', (_, { host, ...request }, credentials, date, signature) => {
  const headers = { host, 'content-type': 'application/json' }
  const signed = createRequestSigner({ region: 'us-west-2' }).sign({ ...request, headers }, credentials, new Date(date))
  expect(signed['authorization']).toContain(`Signature=${signature}`)
})

const dicomHost = 'dicom-medical-imaging.us-west-2.amazonaws.com'
const instancePath = `/datastore/${datastoreId}/studies/1.2.3/series/1.2.4/instances/1.2.5`

// Also by botocore 1.43.11.
test.each([
  [
    'of an image set, as it is stored',
    { path: instancePath, query: `imageSetId=${imageSetId}` },
    '*',
    keys,
    '2025-06-05T01:02:03Z',
    'fbf4e4174ed3221907d5cca1a131aa9075f0b9b07513342d59a24a67dc1b41ef',
  ],
  [
    'with a session token',
    { path: instancePath, query: '' },
    '1.2.840.10008.1.2.1',
    { ...keys, sessionToken: 'token//+=' },
    '2025-12-31T23:59:59Z',
    '160537973054da61cf8dfa617036b17b17cb3462eb667b650d8618d8b36768a9',
  ],
])('signs the GET of an instance %s as botocore does', (_, target, transferSyntax, credentials, date, signature) => {
  const headers = { host: dicomHost, accept: `application/dicom; transfer-syntax=${transferSyntax}` }
  const request = { method: 'GET', ...target, headers, body: '' }
  const signed = createRequestSigner({ region: 'us-west-2' }).sign(request, credentials, new Date(date))
  expect(signed['authorization']).toContain(`Signature=${signature}`)
})

test('signs as the AWS SDK for JavaScript does', async () => {
  const sent: SdkRequest[] = []
  const requestHandler = {
    handle: async (request: SdkRequest) => {
      sent.push(request)
      throw new Error('not sent')
    },
  }
  const sdk = new MedicalImagingClient({ region: 'eu-west-1', credentials, requestHandler, maxAttempts: 1 })
  await rejection(sdk.send(new GetImageSetCommand({ ...imageSet, versionId: '3' })))
  const [{ path = '', query = {}, headers: { authorization = '', ...headers } = {} } = {}] = sent
  const names = /SignedHeaders=([^,]+)/.exec(authorization)?.[1]?.split(';') ?? []
  const signedHeaders = Object.fromEntries(Object.entries(headers).filter(([name]) => names.includes(name)))
  const time = (headers['x-amz-date'] ?? '').replace(/(....)(..)(..T..)(..)(..Z)/, '$1-$2-$3:$4:$5')
  const again = createRequestSigner({ region: 'eu-west-1' }).sign(
    { method: 'POST', path, query: new URLSearchParams(query).toString(), headers: signedHeaders, body: '' },
    credentials,
    new Date(time),
  )
  expect(names).toContain('host')
  expect(again['authorization']).toBe(authorization)
})

interface SdkRequest {
  readonly path?: string
  readonly query?: Record<string, string>
  readonly headers?: Record<string, string>
}
