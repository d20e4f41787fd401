import { gzipSync } from 'node:zlib'

import { describe, expect, test } from 'vitest'

import type { AhiClient, AhiClientOptions } from '@ahi-dicom/ahi-client'

import {
  collected,
  datastoreId,
  frame,
  gathered,
  imageSet,
  imageSetId,
  metadataDocument,
  instance,
  rejection,
  testClient,
} from './fixtures.ts'
import { type Answer, bytes, json, scriptedService } from './scripted-service.ts'

const block = new Uint8Array(65_536).fill(0x20)
const whole = bytes(Uint8Array.of(1, 2, 3))

/** Sends blocks without end. */
function endless(headers: Record<string, string> = {}, status = 200): Answer {
  return (response) => {
    response.writeHead(status, headers)
    const send = (): void => {
      while (!response.destroyed && response.write(block));
    }
    response.on('drain', send)
    send()
  }
}

/** Sends one byte at a time. */
function trickle(headers: Record<string, string> = {}): Answer {
  return (response) => {
    response.writeHead(200, headers)
    const timer = setInterval(() => response.write('x'), 10)
    response.on('close', () => clearInterval(timer))
  }
}

/** Sends the head of an answer one byte at a time. */
const trickledHead: Answer = (response) => {
  const head = `HTTP/1.1 200 OK\r\nx-filler: ${'x'.repeat(10_000)}`
  let sent = 0
  const timer = setInterval(() => response.socket?.write(head.charAt((sent += 1) - 1)), 10)
  response.socket?.on('close', () => clearInterval(timer))
}

const reads: [string, (client: AhiClient) => Promise<unknown>, string][] = [
  ['a frame', (client) => client.getImageFrame(frame), 'maxFrameByteLength'],
  ['a streamed frame', async (client) => gathered((await client.streamImageFrame(frame)).data), 'maxStreamByteLength'],
  ['an instance', async (client) => gathered((await client.getDICOMInstance(instance)).data), 'maxStreamByteLength'],
  ['metadata', (client) => client.getImageSetMetadata(imageSet), 'maxByteLength'],
]

describe.each(reads)('the body of %s', (_, read, option) => {
  const limits: AhiClientOptions = {
    maxAttempts: 2,
    maxFrameByteLength: 1_000_000,
    maxStreamByteLength: 1_000_000,
    documentLimits: { maxByteLength: 1_000_000 },
  }

  test.each<[string, Answer]>([
    ['without an end', endless()],
    ['of a declared length beyond the limit', endless({ 'content-length': '10000000000' })],
  ])('%s is stopped at the limit', async (_, answer) => {
    await using service = await scriptedService(answer)
    await using client = testClient(service.endpoint, limits)
    const before = process.memoryUsage().arrayBuffers
    const error = await rejection(read(client))
    expect(error).toMatchObject({ code: 'AHI_TOO_LARGE', name: 'AhiTooLargeError', retryable: false, datastoreId })
    expect(String(error)).toContain(`longer than 1000000 bytes, the limit \`${option}\`; raise that limit`)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50_000_000)
    await service.idle()
  })

  test('that arrives byte by byte fails', async () => {
    await using service = await scriptedService(trickle(), trickle({ 'content-length': '1000' }))
    await using client = testClient(service.endpoint, { maxAttempts: 2, requestTimeoutMs: 2000 })
    const error = await rejection(read(client))
    expect(error).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: true, datastoreId })
    expect(String(error)).toContain('slower than 250 bytes a second')
    expect(service.requests).toHaveLength(2)
    await service.idle()
  })

  test('that takes longer than the deadline fails', async () => {
    await using service = await scriptedService(trickle())
    const deadlines = { requestDeadlineMs: 150, streamDeadlineMs: 150, minBytesPerSecond: 0 }
    await using client = testClient(service.endpoint, { maxAttempts: 1, requestTimeoutMs: 3000, ...deadlines })
    const error = await rejection(read(client))
    expect(error).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: true, datastoreId })
    expect(String(error)).toContain('not complete after 150 ms')
    await service.idle()
  })

  test('with a head that arrives byte by byte fails', async () => {
    await using service = await scriptedService(trickledHead)
    await using client = testClient(service.endpoint, { maxAttempts: 1, requestTimeoutMs: 2000 })
    const error = await rejection(read(client))
    expect(error).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: true, datastoreId })
    expect(String(error)).toContain('did not begin within 4000 ms')
    await service.idle()
  })

  test('of an error without an end gives the status', async () => {
    await using service = await scriptedService(endless({ 'x-amzn-errortype': 'ResourceNotFoundException' }, 404))
    await using client = testClient(service.endpoint)
    expect(await rejection(read(client))).toMatchObject({ code: 'AHI_NOT_FOUND', statusCode: 404 })
    await service.idle()
  })

  test('of an error that is cut off gives the status', async () => {
    await using service = await scriptedService((response) => {
      response.writeHead(404, { 'content-length': '1000' })
      response.write('{"mess', () => response.socket?.end())
    })
    await using client = testClient(service.endpoint)
    expect(await rejection(read(client))).toMatchObject({ code: 'AHI_NOT_FOUND', statusCode: 404 })
    expect(service.requests).toHaveLength(1)
  })

  test('after headers without an end fails', async () => {
    await using service = await scriptedService((response) => {
      response.socket?.write('HTTP/1.1 200 OK\r\n')
      response.socket?.write(`x-filler: ${'x'.repeat(1000)}\r\n`.repeat(100))
    })
    await using client = testClient(service.endpoint, { maxAttempts: 2 })
    expect(await rejection(read(client))).toMatchObject({ code: 'AHI_RESPONSE', retryable: true })
    expect(service.requests).toHaveLength(2)
  })
})

test.each<[string, (client: AhiClient) => Promise<unknown>]>([
  ['searchImageSets', (client) => collected(client.searchImageSets({ datastoreId }))],
  ['listDatastores', (client) => collected(client.listDatastores())],
  ['getImageSet', (client) => client.getImageSet(imageSet)],
])('a body of %s without an end counts as damaged', async (_, read) => {
  await using service = await scriptedService(endless())
  await using client = testClient(service.endpoint, { maxAttempts: 2 })
  expect(await rejection(read(client))).toMatchObject({ code: 'AHI_RESPONSE', retryable: true })
  expect(service.requests).toHaveLength(2)
})

test('a frame that is far longer than its document allows counts as damaged and is requested again', async () => {
  await using service = await scriptedService(endless(), bytes(block), whole)
  await using client = testClient(service.endpoint)
  const { data } = await client.getImageFrame({ ...frame, maxByteLength: 1000 })
  expect(data).toEqual(Uint8Array.of(1, 2, 3))
  expect(service.requests).toHaveLength(3)
})

test('a slow reader does not make a stream too slow', async () => {
  await using service = await scriptedService(bytes(new Uint8Array(3_000_000)))
  await using client = testClient(service.endpoint, { maxAttempts: 1, requestTimeoutMs: 1500, streamDeadlineMs: 1500 })
  let read = 0
  let pauses = 0
  for await (const chunk of (await client.streamImageFrame(frame)).data) {
    read += chunk.length
    if ((pauses += 1) <= 4) await new Promise((resolve) => setTimeout(resolve, 500))
  }
  expect(read).toBe(3_000_000)
})

/** Returns the document with another attribute in its instance. */
function document(attribute: string): string {
  return JSON.stringify(metadataDocument).replace('"SOPInstanceUID"', `"A":${attribute},"SOPInstanceUID"`)
}

describe('a document beyond the limits is an error that is not repeated', () => {
  const deep = document(`{"00091001":${'['.repeat(20_000)}${']'.repeat(20_000)}}`)

  test.each([
    ['nested', deep, 'maxDepth'],
    ['nested, after white space', `${'\n'.repeat(100)}${deep}`, 'maxDepth'],
    ['of many attributes', document(`{${'"Rows":1,'.repeat(200_000)}"Rows":1}`), 'maxMembers'],
    ['of many items', document(`{"A":[${'[],'.repeat(7_000_000)}[]]}`), 'maxEntries'],
    ['a gzip bomb', ' '.repeat(101 * 2 ** 20), 'maxByteLength'],
  ])('%s', async (_, text, limit) => {
    await using service = await scriptedService(bytes(gzipSync(text, { level: 1 })))
    await using client = testClient(service.endpoint)
    const error = await rejection(client.getImageSetMetadata(imageSet))
    expect(error).toMatchObject({ code: 'AHI_TOO_LARGE', retryable: false, imageSetId })
    expect(String(error)).toContain(`\`${limit}\``)
    expect(service.requests).toHaveLength(1)
  })

  test('a document is read if the limit is raised', async () => {
    await using service = await scriptedService(bytes(gzipSync(deep)))
    await using client = testClient(service.endpoint, { documentLimits: { maxDepth: 30_000 } })
    expect(await client.getImageSetMetadata(imageSet)).toMatchObject({ ImageSetID: imageSetId })
  })
})

test.each([
  [{ minBytesPerSecond: -1 }, 'minBytesPerSecond'],
  [{ requestDeadlineMs: 0 }, 'requestDeadlineMs'],
  [{ maxFrameByteLength: Number.NaN }, 'maxFrameByteLength'],
  [{ documentLimits: { maxDepth: 0 } }, 'documentLimits.maxDepth'],
])('%j is refused', (options, name) => {
  expect(() => testClient('http://127.0.0.1:1', options)).toThrow(`Expected \`${name}\` to be`)
})

test('no message contains text of the service', async () => {
  const said = 'DOE^JANE\u001b]0;title\u0007\nahi-dicom: all good'
  const headers = { 'x-amzn-errortype': 'ValidationException', 'x-amzn-requestid': 'DOE JANE' }
  await using service = await scriptedService(
    json({ message: said }, 400, headers),
    json({ __type: said, message: said }, 400),
    json({ code: said }, 500),
  )
  await using client = testClient(service.endpoint, { maxAttempts: 1 })
  for (const expected of [said, said, undefined]) {
    const error = await rejection(client.getImageFrame(frame))
    expect(error).toMatchObject({ serviceMessage: expected })
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/DOE|title|all good/)
  }
})
