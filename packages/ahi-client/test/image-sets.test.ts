import { gzipSync } from 'node:zlib'

import { describe, expect, test } from 'vitest'

import {
  credentials,
  datastoreId,
  frame,
  imageFrameId,
  imageSet,
  imageSetId,
  metadataDocument,
  rejection,
  testClient,
} from './fixtures.ts'
import { bytes, json, scriptedService } from './scripted-service.ts'

const document = JSON.stringify(metadataDocument)
const path = `/datastore/${datastoreId}/imageSet/${imageSetId}`

describe('getImageSet', () => {
  test('reads the properties of a version', async () => {
    const properties = { datastoreId, imageSetId, versionId: '2', imageSetState: 'ACTIVE', lastAccessedAt: 1.25 }
    await using service = await scriptedService(json({ ...properties, imageSetWorkflowStatus: 'IMPORTED' }))
    await using client = testClient(service.endpoint)
    const found = await client.getImageSet({ ...imageSet, versionId: '2' })
    expect(found).toMatchObject({ imageSetId, versionId: '2', imageSetWorkflowStatus: 'IMPORTED', isPrimary: true })
    expect(found.lastAccessedAt).toEqual(new Date(1250))
    expect(service.requests[0]).toMatchObject({ method: 'POST', url: `${path}/getImageSet?version=2`, body: '' })
  })

  test('rejects timestamps that are not numbers as a damaged answer', async () => {
    const properties = {
      datastoreId,
      imageSetId,
      versionId: '1',
      imageSetState: 'ACTIVE',
      createdAt: '2024-01-01T00:00:00Z',
    }
    await using service = await scriptedService(json(properties))
    await using client = testClient(service.endpoint)
    const error = await rejection(client.getImageSet(imageSet))
    expect(error).toMatchObject({ code: 'AHI_RESPONSE', retryable: true, operation: 'GetImageSet', imageSetId })
    expect(service.requests).toHaveLength(8)
  })
})

describe('getImageSetMetadata', () => {
  test.each([
    ['gzip', gzipSync(document), { 'content-encoding': 'gzip' }],
    ['gzip without a header that says so', gzipSync(document), {}],
    ['plain JSON', Buffer.from(document), { 'content-type': 'application/json' }],
    ['plain JSON that claims to be gzip', Buffer.from(document), { 'content-encoding': 'gzip' }],
  ])('reads %s', async (_, body, headers) => {
    await using service = await scriptedService(bytes(body, headers))
    await using client = testClient(service.endpoint)
    const metadata = await client.getImageSetMetadata(imageSet)
    expect(metadata.Patient.DICOM['PatientID']).toBe('Ünïcode')
    expect(new TextDecoder().decode(await client.getImageSetMetadataDocument(imageSet))).toBe(document)
    expect(service.requests[0]).toMatchObject({ method: 'POST', url: `${path}/getImageSetMetadata`, body: '' })
  })

  test('requests the version', async () => {
    await using service = await scriptedService(bytes(gzipSync(document)))
    await using client = testClient(service.endpoint)
    await client.getImageSetMetadata({ ...imageSet, versionId: '12' })
    expect(service.requests[0]?.url).toBe(`${path}/getImageSetMetadata?version=12`)
  })

  test.each([
    ['damaged gzip', gzipSync(document).subarray(0, 40)],
    ['text that is not JSON', Buffer.from('<html>')],
    ['JSON of something else', Buffer.from('{"a":1}')],
    ['an empty body', Buffer.alloc(0)],
  ])('rejects %s, naming the image set', async (_, body) => {
    await using service = await scriptedService(bytes(body))
    await using client = testClient(service.endpoint)
    const error = await rejection(client.getImageSetMetadata(imageSet))
    expect(error).toMatchObject({ code: 'AHI_RESPONSE', operation: 'GetImageSetMetadata', datastoreId, imageSetId })
    expect(error).toMatchObject({ retryable: true })
    expect(String(error)).toContain(imageSetId)
    expect(service.requests).toHaveLength(8)
  })
})

describe('getImageFrame', () => {
  const pixels = Uint8Array.from({ length: 170_000 }, (_, index) => index % 251)

  test('returns the bytes in a separate ArrayBuffer, which can be transferred', async () => {
    await using service = await scriptedService(bytes(pixels))
    await using client = testClient(service.endpoint)
    const { data, contentType } = await client.getImageFrame(frame)
    expect(contentType).toBe('image/jph')
    expect(data.buffer.byteLength).toBe(pixels.length)
    expect(structuredClone(data, { transfer: [data.buffer] })).toEqual(pixels)
    expect(data.byteLength).toBe(0)
  })

  test('returns the bytes of a body without Content-Length', async () => {
    await using service = await scriptedService((response) => {
      response.writeHead(200)
      for (let at = 0; at < pixels.length; at += 33_333) response.write(pixels.subarray(at, at + 33_333))
      response.end()
    })
    await using client = testClient(service.endpoint)
    const { data, contentType } = await client.getImageFrame(frame)
    expect(data).toEqual(pixels)
    expect(data.buffer.byteLength).toBe(pixels.length)
    expect(contentType).toBeUndefined()
  })

  test('sends the frame id as the body, signed, to the endpoint as given', async () => {
    await using service = await scriptedService(bytes(pixels))
    await using client = testClient(`${service.endpoint}/base/`, {
      credentials: { ...credentials, sessionToken: 'token' },
    })
    await client.getImageFrame(frame)
    const [request] = service.requests
    expect(request).toMatchObject({
      method: 'POST',
      url: `/base${path}/getImageFrame`,
      body: `{"imageFrameId":"${imageFrameId}"}`,
    })
    expect(request?.headers).toMatchObject({
      host: new URL(service.endpoint).host,
      'content-type': 'application/json',
      'x-amz-security-token': 'token',
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/medical-imaging\//,
      ),
    })
  })

  test('opens at most the allowed number of sockets, and uses them again', async () => {
    await using service = await scriptedService(bytes(pixels))
    await using client = testClient(service.endpoint, { maxConnections: 5 })
    await Promise.all(Array.from({ length: 100 }, () => client.getImageFrame(frame)))
    await client.getImageFrame(frame)
    expect(service.requests).toHaveLength(101)
    expect(service.connections).toEqual({ accepted: 5, most: 5 })
  })

  test('shares its sockets with the JSON operations', async () => {
    await using service = await scriptedService(
      json({ ...imageSet, versionId: '1', imageSetState: 'ACTIVE' }),
      bytes(pixels),
    )
    await using client = testClient(service.endpoint)
    await client.getImageSet(imageSet)
    await client.getImageFrame(frame)
    expect(service.connections.accepted).toBe(1)
  })
})

test.each([
  ['data store', { ...frame, datastoreId: 'short' }],
  ['data store', { ...frame, datastoreId: datastoreId.toUpperCase() }],
  ['image set', { ...frame, imageSetId: '../../../../../../../../../../../' }],
  ['frame', { ...frame, imageFrameId: `${imageFrameId}0` }],
])('rejects a malformed %s id before any request', async (_, request) => {
  await using service = await scriptedService(json({}))
  await using client = testClient(service.endpoint)
  expect(await rejection(client.getImageFrame(request))).toMatchObject({ code: 'AHI_VALIDATION', ...request })
  expect(service.requests).toHaveLength(0)
})

test.each(['', 'latest', '1 ', '-1', '1&x=y'])('rejects the version %j before any request', async (versionId) => {
  await using service = await scriptedService(json({}))
  await using client = testClient(service.endpoint)
  const request = { ...imageSet, versionId }
  expect(await rejection(client.getImageSetMetadata(request))).toMatchObject({ code: 'AHI_VALIDATION', imageSetId })
  expect(await rejection(client.getImageSet(request))).toMatchObject({ code: 'AHI_VALIDATION', imageSetId })
  expect(service.requests).toHaveLength(0)
})
