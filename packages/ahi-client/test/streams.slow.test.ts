import { once } from 'node:events'
import { setImmediate } from 'node:timers/promises'

import * as fc from 'fast-check'
import { afterEach, describe, expect, test, vi } from 'vitest'

import type { AhiClient, StreamedBytes } from '@ahi-dicom/ahi-client'

import { systemClock } from '../src/timing/clock.ts'
import { frame, imageSetId, instance, rejection, testClient } from './fixtures.ts'
import { type Answer, awsError, bytes, reset, scriptedService, silence, text } from './scripted-service.ts'

afterEach(() => vi.useRealTimers())

const body = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff)
const reason = new Error('enough')

type Read = (client: AhiClient, signal?: AbortSignal) => Promise<StreamedBytes>
const reads: [string, Read][] = [
  ['getDICOMInstance', (client, signal) => client.getDICOMInstance({ ...instance, signal })],
  ['streamImageFrame', (client, signal) => client.streamImageFrame({ ...frame, signal })],
]
const readInstance: Read = (client, signal) => client.getDICOMInstance({ ...instance, signal })

async function gathered({ data }: StreamedBytes): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of data) chunks.push(chunk)
  return new Uint8Array(Buffer.concat(chunks))
}

/** Reads a stream until it fails. Returns the bytes and the error. */
async function untilFailure({ data }: StreamedBytes): Promise<{ read: number; error: unknown }> {
  let read = 0
  try {
    for await (const chunk of data) read += chunk.length
  } catch (error) {
    return { read, error }
  }
  throw new Error('the stream came to its end')
}

/** Declares the whole body and sends its beginning, then does something else. */
function begins(length: number, then: Answer, headers: Record<string, string> = {}): Answer {
  return (response, request) => {
    response.writeHead(200, { 'content-type': 'application/dicom', 'content-length': String(body.length), ...headers })
    response.write(body.subarray(0, length), () => then(response, request))
  }
}

/** As `begins`, but in chunks without Content-Length. */
function beginsChunked(length: number, then: Answer): Answer {
  return (response, request) => {
    response.writeHead(200, { 'content-type': 'application/dicom' })
    response.write(body.subarray(0, length), () => then(response, request))
  }
}

const closes: Answer = (response) => response.socket?.end()
const ends: Answer = (response) => response.end()
const endless404: Answer = (response) => void response.writeHead(404).write('x'.repeat(200_000))
const whole = bytes(body, { 'content-type': 'application/dicom' })
const wholeChunked = beginsChunked(body.length, ends)

describe.each(reads)('%s', (_, read) => {
  test('returns the bytes, their number and their media type', async () => {
    await using service = await scriptedService(whole)
    await using client = testClient(service.endpoint)
    const stream = await read(client)
    expect(stream).toMatchObject({ contentType: 'application/dicom', byteLength: body.length })
    expect(await gathered(stream)).toEqual(body)
  })

  test('reads a body without Content-Length', async () => {
    await using service = await scriptedService(wholeChunked)
    await using client = testClient(service.endpoint)
    const stream = await read(client)
    expect(stream.byteLength).toBeUndefined()
    expect(await gathered(stream)).toEqual(body)
  })

  test('reads an empty body', async () => {
    await using service = await scriptedService(bytes(new Uint8Array(0)))
    await using client = testClient(service.endpoint)
    expect(await gathered(await read(client))).toHaveLength(0)
  })

  test.each<[string, Answer]>([
    ['throttling', awsError(429, 'ThrottlingException')],
    ['an internal error', awsError(500, 'InternalServerException')],
    ['a gateway that answers HTML without end', (response) => void response.writeHead(502).write('x'.repeat(200_000))],
    ['a service that is away, without a body', text(503, '')],
    ['a reset connection', reset],
    ['an answer that is not HTTP', (response) => response.socket?.end('no HTTP\r\n\r\n')],
    ['a conflict', awsError(409, 'ConflictException')],
    [
      'a clock that is wrong',
      awsError(403, 'InvalidSignatureException', '', { date: 'Wed, 01 Jan 2020 00:00:00 GMT' }),
    ],
    ['silence', silence],
  ])('succeeds after %s', async (_, answer) => {
    await using service = await scriptedService(answer, whole)
    await using client = testClient(service.endpoint, { requestTimeoutMs: 100 })
    expect(await gathered(await read(client))).toEqual(body)
    expect(service.requests).toHaveLength(2)
  })

  test.each<[string, Answer]>([
    ['a reset', begins(100_000, reset)],
    ['a truncated body', begins(100_000, closes)],
    ['silence', begins(100_000, () => {})],
    ['chunks that end early', beginsChunked(100_000, closes)],
    ['an end before the first byte', begins(0, closes)],
  ])('continues after %s at the byte where it broke off', async (_, answer) => {
    await using service = await scriptedService(answer, answer, answer, whole)
    await using client = testClient(service.endpoint, { requestTimeoutMs: 100 })
    expect(await gathered(await read(client))).toEqual(body)
    expect(service.requests).toHaveLength(4)
  })
})

test('requests the instance by DICOMweb, by default in Explicit VR Little Endian', async () => {
  await using service = await scriptedService(whole)
  await using client = testClient(`${service.endpoint}/base/`)
  await gathered(await client.getDICOMInstance(instance))
  await gathered(await client.getDICOMInstance({ ...instance, imageSetId, transferSyntax: '*' }))
  const path = `/base/datastore/${instance.datastoreId}/studies/1.2.3/series/1.2.4/instances/1.2.5`
  expect(service.requests.map(({ method, url, headers }) => [method, url, headers['accept']])).toEqual([
    ['GET', path, 'application/dicom; transfer-syntax=1.2.840.10008.1.2.1'],
    ['GET', `${path}?imageSetId=${imageSetId}`, 'application/dicom; transfer-syntax=*'],
  ])
})

test.each<[string, Answer, object]>([
  ['404', awsError(404, 'ResourceNotFoundException'), { code: 'AHI_NOT_FOUND', name: 'AhiNotFoundError' }],
  ['403', awsError(403, 'AccessDeniedException'), { code: 'AHI_ACCESS_DENIED' }],
  ['406', awsError(406, 'NotAcceptableException'), { code: 'AHI_NOT_ACCEPTABLE', name: 'AhiNotAcceptableError' }],
])('%s is not repeated', async (status, answer, expected) => {
  await using service = await scriptedService(answer)
  await using client = testClient(service.endpoint)
  const error = await rejection(client.getDICOMInstance({ ...instance, imageSetId }))
  const { datastoreId, sopInstanceUid } = instance
  const ids = { operation: 'GetDICOMInstance', datastoreId, imageSetId, sopInstanceUid }
  expect(error).toMatchObject({ ...expected, ...ids, statusCode: Number(status), retryable: false })
  expect(String(error)).toContain(`Cannot get instance "1.2.5" of image set "${imageSetId}"`)
  expect(service.requests).toHaveLength(1)
})

test('the error for 406 advises to get the instance as stored', async () => {
  await using service = await scriptedService(awsError(406, 'NotAcceptableException'))
  await using client = testClient(service.endpoint)
  expect(String(await rejection(client.getDICOMInstance(instance)))).toContain('transfer-syntax=*')
})

test.each([
  ['studyInstanceUid', '1.2/../3'],
  ['seriesInstanceUid', '..'],
  ['sopInstanceUid', ''],
  ['imageSetId', 'short'],
  ['transferSyntax', '*\r\nx: y'],
])('a malformed %s is an error before any request', async (name, value) => {
  await using service = await scriptedService(whole)
  await using client = testClient(service.endpoint)
  expect(await rejection(client.getDICOMInstance({ ...instance, [name]: value }))).toMatchObject({
    code: 'AHI_VALIDATION',
    operation: 'GetDICOMInstance',
  })
  expect(service.requests).toHaveLength(0)
})

test('the bytes are complete wherever the body breaks off', async () => {
  const kind = fc.constantFrom(begins, beginsChunked)
  const how = fc.constantFrom(reset, closes)
  const lengths = fc.array(fc.tuple(fc.nat(body.length - 1), kind, how), { maxLength: 7 })
  await fc.assert(
    fc.asyncProperty(lengths, async (breaks) => {
      await using service = await scriptedService(...breaks.map(([length, begin, then]) => begin(length, then)), whole)
      await using client = testClient(service.endpoint)
      expect(await gathered(await readInstance(client))).toEqual(body)
      expect(service.requests).toHaveLength(breaks.length + 1)
    }),
    { numRuns: 40 },
  )
})

describe('an object that changes before it is requested again', () => {
  const other = body.map((byte, index) => (index === 7 ? byte ^ 1 : byte))
  test.each<[string, Answer, Answer]>([
    ['another length', begins(100_000, closes), bytes(body.subarray(1))],
    ['another ETag', begins(100_000, closes, { etag: '"1"' }), bytes(body, { etag: '"2"' })],
    ['other bytes', begins(100_000, closes), bytes(other)],
    ['fewer bytes', beginsChunked(100_000, closes), beginsChunked(50_000, ends)],
  ])('is detected by %s', async (_, first, second) => {
    await using service = await scriptedService(first, second)
    await using client = testClient(service.endpoint)
    const { read, error } = await untilFailure(await readInstance(client))
    expect(read).toBe(100_000)
    expect(error).toMatchObject({ code: 'AHI_RESPONSE', retryable: true, sopInstanceUid: '1.2.5' })
    expect(String(error)).toContain('changed')
    expect(service.requests).toHaveLength(2)
  })
})

describe('a body that is never complete', () => {
  test('is an error after the number of attempts', async () => {
    await using service = await scriptedService(begins(1000, closes), begins(2000, closes), begins(1500, closes))
    await using client = testClient(service.endpoint, { maxAttempts: 5 })
    const { read, error } = await untilFailure(await readInstance(client))
    expect(read).toBe(2000)
    expect(error).toMatchObject({ code: 'AHI_RESPONSE', retryable: true, operation: 'GetDICOMInstance' })
    expect(service.requests).toHaveLength(5)
  })

  test('is an error if the object no longer exists', async () => {
    await using service = await scriptedService(begins(1000, closes), awsError(404, 'ResourceNotFoundException'))
    await using client = testClient(service.endpoint)
    const { error } = await untilFailure(await readInstance(client))
    expect(error).toMatchObject({ code: 'AHI_NOT_FOUND', statusCode: 404, retryable: false })
  })
})

test('a body that breaks off before it is read is continued', async () => {
  const closed = Promise.withResolvers<unknown>()
  await using service = await scriptedService((response, request) => {
    closed.resolve(once(response, 'close'))
    return begins(1000, reset)(response, request)
  }, whole)
  await using client = testClient(service.endpoint)
  const stream = await readInstance(client)
  await closed.promise
  await setImmediate()
  expect(await gathered(stream)).toEqual(body)
})

test('a slow reader does not count as silence of the service, and is not overrun', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const blockLength = 65_536
  const blocks = 1024
  let sent = 0
  const endless: Answer = async (response) => {
    response.writeHead(200, { 'content-length': String(blockLength * blocks) })
    for (let block = 0; block < blocks; block += 1) {
      sent += blockLength
      if (!response.write(new Uint8Array(blockLength))) await once(response, 'drain')
    }
    response.end()
  }
  await using service = await scriptedService(endless)
  await using client = testClient(service.endpoint)
  let read = 0
  let mostAhead = 0
  for await (const chunk of (await readInstance(client)).data) {
    read += chunk.length
    for (let turn = 0; turn < 3; turn += 1) await setImmediate()
    vi.advanceTimersByTime(60_000)
    mostAhead = Math.max(mostAhead, sent - read)
  }
  expect(read).toBe(blockLength * blocks)
  expect(service.requests).toHaveLength(1)
  // Bytes that the kernel and Node.js buffer for both sockets.
  expect(mostAhead).toBeLessThan((blockLength * blocks) / 4)
})

describe('the signal', () => {
  test('ends a stream before its request', async () => {
    await using service = await scriptedService(whole)
    await using client = testClient(service.endpoint)
    expect(await rejection(readInstance(client, AbortSignal.abort(reason)))).toBe(reason)
    expect(service.requests).toHaveLength(0)
  })

  test('ends a request that is not answered', async () => {
    const controller = new AbortController()
    await using service = await scriptedService(() => controller.abort(reason))
    await using client = testClient(service.endpoint)
    expect(await rejection(readInstance(client, controller.signal))).toBe(reason)
    await service.idle()
  })

  test('ends a stream that is not being read', async () => {
    const controller = new AbortController()
    await using service = await scriptedService(begins(1000, silence), whole)
    await using client = testClient(service.endpoint, { maxConnections: 1 })
    const { data } = await readInstance(client, controller.signal)
    controller.abort(reason)
    await service.idle()
    expect(await gathered(await readInstance(client))).toEqual(body)
    expect(await rejection(data[Symbol.asyncIterator]().next())).toBe(reason)
  })

  test('ends a stream in the middle, and closes its socket', async () => {
    const controller = new AbortController()
    await using service = await scriptedService(begins(200_000, silence))
    await using client = testClient(service.endpoint)
    const { data } = await readInstance(client, controller.signal)
    const read = async (): Promise<void> => {
      for await (const _ of data) controller.abort(reason)
    }
    expect(await rejection(read())).toBe(reason)
    await service.idle()
    expect(service.requests).toHaveLength(1)
  })

  test('ends a stream that waits for another attempt', async () => {
    const controller = new AbortController()
    await using service = await scriptedService(begins(1000, closes))
    const clock = {
      ...systemClock,
      wait: (ms: number, signal?: AbortSignal) => {
        controller.abort(reason)
        return systemClock.wait(ms, signal)
      },
    }
    await using client = testClient(service.endpoint, {}, clock)
    const { error } = await untilFailure(await readInstance(client, controller.signal))
    expect(error).toBe(reason)
    expect(service.requests).toHaveLength(1)
  })

  test('keeps no listener afterwards', async () => {
    await using service = await scriptedService(begins(1000, closes), whole)
    await using client = testClient(service.endpoint)
    const { signal } = new AbortController()
    const added = vi.spyOn(signal, 'addEventListener')
    const removed = vi.spyOn(signal, 'removeEventListener')
    await gathered(await readInstance(client, signal))
    await setImmediate()
    const left = new Set<unknown>(added.mock.calls.map(([, listener]) => listener))
    expect(left.size).toBeGreaterThan(0)
    for (const [, listener] of removed.mock.calls) left.delete(listener)
    expect(left).toEqual(new Set())
  })
})

describe('the connection is released', () => {
  test('at the end of a stream, for the next', async () => {
    await using service = await scriptedService(whole)
    await using client = testClient(service.endpoint, { maxConnections: 1 })
    for (let count = 0; count < 20; count += 1) expect(await gathered(await readInstance(client))).toEqual(body)
    expect(service.connections.accepted).toBe(1)
  })

  test('by a reader that leaves early', async () => {
    await using service = await scriptedService(begins(100_000, silence), whole)
    await using client = testClient(service.endpoint, { maxConnections: 1 })
    for await (const chunk of (await readInstance(client)).data) {
      expect(chunk.length).toBeGreaterThan(0)
      break
    }
    await service.idle()
    expect(await gathered(await readInstance(client))).toEqual(body)
  })

  test('by a reader that leaves before it begins', async () => {
    await using service = await scriptedService(begins(100_000, silence), whole)
    await using client = testClient(service.endpoint, { maxConnections: 1 })
    await (await readInstance(client)).data[Symbol.asyncIterator]().return?.()
    await service.idle()
    expect(await gathered(await readInstance(client))).toEqual(body)
  })

  test('after errors, even if their body has no end', async () => {
    await using service = await scriptedService(endless404, endless404, whole)
    await using client = testClient(service.endpoint, { maxConnections: 1 })
    expect(await rejection(readInstance(client))).toMatchObject({ code: 'AHI_NOT_FOUND' })
    expect(await rejection(readInstance(client))).toMatchObject({ code: 'AHI_NOT_FOUND' })
    expect(await gathered(await readInstance(client))).toEqual(body)
    await client.close()
    await service.idle()
  })
})

test('a closed client ends its streams', async () => {
  await using service = await scriptedService(begins(100_000, silence))
  const client = testClient(service.endpoint, {}, systemClock)
  const stream = await readInstance(client)
  await client.close()
  const { error } = await untilFailure(stream)
  expect(error).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: false })
  await service.idle()
})
