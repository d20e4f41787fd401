import { describe, expect, test } from 'vitest'

import { collected, frame, imageSet, instantClock, rejection, testClient } from './fixtures.ts'
import {
  type Answer,
  awsError,
  bytes,
  json,
  reset,
  scriptedService,
  silence,
  text,
  truncatedBody,
} from './scripted-service.ts'

const body = new Uint8Array(1000).fill(7)
const throttled = awsError(429, 'ThrottlingException')

describe('a frame is read by a later attempt', () => {
  test.each<[string, Answer]>([
    ['throttling', throttled],
    ['an internal error', awsError(500, 'InternalServerException')],
    ['a gateway that answers HTML', text(502, '<html>bad gateway</html>')],
    ['a service that is away, without a body', text(503, '')],
    ['a reset connection', reset],
    ['a truncated body', truncatedBody],
    ['a body cut off in its chunks', (response) => response.write('part', () => response.socket?.destroy())],
    ['an answer that is not HTTP', (response) => response.socket?.end('no HTTP\r\n\r\n')],
    ['a conflict', awsError(409, 'ConflictException')],
  ])('after %s', async (_, answer) => {
    await using service = await scriptedService(answer, answer, bytes(body))
    await using client = testClient(service.endpoint)
    expect((await client.getImageFrame(frame)).data).toEqual(body)
    expect(service.requests).toHaveLength(3)
  })

  test('after silence for longer than requestTimeoutMs', async () => {
    await using service = await scriptedService(silence, bytes(body))
    await using client = testClient(service.endpoint, { requestTimeoutMs: 50 })
    expect((await client.getImageFrame(frame)).data).toEqual(body)
  })

  test('after silence in the middle of the body', async () => {
    const stuck: Answer = (response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write(body.subarray(0, 500))
    }
    await using service = await scriptedService(stuck, bytes(body))
    await using client = testClient(service.endpoint, { requestTimeoutMs: 50 })
    expect((await client.getImageFrame(frame)).data).toEqual(body)
  })

  test('by each of 64 callers in spite of throttling, in a bounded number of requests', async () => {
    const seen = new Set<string>()
    await using service = await scriptedService((response, request) => {
      const answer = seen.has(request.body) ? bytes(body) : throttled
      seen.add(request.body)
      return answer(response, request)
    })
    await using client = testClient(service.endpoint)
    const ids = Array.from({ length: 64 }, (_, index) => String(index).padStart(32, '0'))
    const frames = await Promise.all(ids.map((imageFrameId) => client.getImageFrame({ ...frame, imageFrameId })))
    expect(frames.every(({ data }) => data.length === body.length)).toBe(true)
    expect(service.requests).toHaveLength(128)
  })
})

test.each<[string, Answer, object]>([
  [
    'throttling',
    throttled,
    { code: 'AHI_THROTTLED', statusCode: 429, requestId: 'request-1', name: 'AhiThrottledError' },
  ],
  ['an error of the service', awsError(500, 'InternalServerException'), { code: 'AHI_UNAVAILABLE', statusCode: 500 }],
  ['resets', reset, { code: 'AHI_UNAVAILABLE', statusCode: undefined }],
  ['truncated bodies', truncatedBody, { code: 'AHI_RESPONSE' }],
])('%s at every attempt is a retryable error', async (_, answer, expected) => {
  await using service = await scriptedService(answer)
  await using client = testClient(service.endpoint, { maxAttempts: 4 })
  const error = await rejection(client.getImageFrame(frame))
  expect(error).toMatchObject({ ...expected, ...frame, operation: 'GetImageFrame', retryable: true })
  expect(service.requests).toHaveLength(4)
})

test('an answer that declares more bytes than any memory allocates none', async () => {
  await using service = await scriptedService((response) => {
    response.writeHead(200, { 'content-length': '9007199254740991' })
    response.write('a little')
  })
  await using client = testClient(service.endpoint)
  expect(await rejection(client.getImageFrame(frame))).toMatchObject({
    code: 'AHI_TOO_LARGE',
    retryable: false,
    ...frame,
  })
})

test('JSON operations are repeated in the same way, without extra attempts by the SDK', async () => {
  await using service = await scriptedService(throttled, reset, text(500, 'not JSON'), json({ datastoreSummaries: [] }))
  await using client = testClient(service.endpoint)
  expect(await collected(client.listDatastores())).toEqual([])
  expect(service.requests).toHaveLength(4)
})

test('only the page that fails is repeated', async () => {
  const page = { imageSetsMetadataSummaries: [{ imageSetId: imageSet.imageSetId }] }
  await using service = await scriptedService(json({ ...page, nextToken: 'two' }), throttled, json(page))
  await using client = testClient(service.endpoint)
  expect(await collected(client.searchImageSets(imageSet))).toHaveLength(2)
  expect(service.requests.map(({ url }) => url.includes('two'))).toEqual([false, true, true])
})

test.each<[string, Answer]>([
  ['400', awsError(400, 'ValidationException')],
  ['403', awsError(403, 'AccessDeniedException')],
  ['404', awsError(404, 'ResourceNotFoundException')],
  ['406', awsError(406, 'NotAcceptableException')],
])('%s is not repeated', async (_, answer) => {
  await using service = await scriptedService(answer)
  await using client = testClient(service.endpoint)
  expect(await rejection(client.getImageFrame(frame))).toMatchObject({ retryable: false })
  expect(service.requests).toHaveLength(1)
})

describe('a conflict', () => {
  const conflict = awsError(409, 'ConflictException', 'still importing')

  test('is repeated far beyond the number of attempts, until the import is done', async () => {
    await using service = await scriptedService(...Array.from({ length: 10 }, () => conflict), bytes(body))
    await using client = testClient(service.endpoint, { maxAttempts: 2 })
    expect((await client.getImageFrame(frame)).data).toEqual(body)
  })

  test('is an error after conflictTimeoutMs', async () => {
    const clock = instantClock()
    await using service = await scriptedService(conflict)
    await using client = testClient(service.endpoint, { conflictTimeoutMs: 20_000 }, clock)
    const error = await rejection(client.getImageSetMetadata(imageSet))
    expect(error).toMatchObject({ code: 'AHI_CONFLICT', statusCode: 409, retryable: true, ...imageSet })
    expect(error).toMatchObject({ serviceMessage: 'still importing' })
    expect(clock.now()).toBeGreaterThan(10_000)
    expect(clock.now()).toBeLessThanOrEqual(20_000)
  })

  test('of all image sets is waited for once, and again from time to time', async () => {
    const clock = instantClock()
    await using service = await scriptedService(conflict)
    await using client = testClient(service.endpoint, { conflictTimeoutMs: 20_000 }, clock)
    for (let read = 0; read < 100; read += 1) await rejection(client.getImageSetMetadata(imageSet))
    expect(clock.now()).toBeLessThanOrEqual(20_000)
    await clock.wait(200_000)
    const before = service.requests.length
    await rejection(client.getImageSetMetadata(imageSet))
    expect(service.requests.length).toBeGreaterThan(before + 1)
  })

  test('is not repeated with a conflictTimeoutMs of 0', async () => {
    await using service = await scriptedService(conflict)
    await using client = testClient(service.endpoint, { conflictTimeoutMs: 0 })
    expect(await rejection(client.getImageSetMetadata(imageSet))).toMatchObject({ code: 'AHI_CONFLICT' })
    expect(service.requests).toHaveLength(1)
  })
})

describe('Retry-After', () => {
  test('holds for every later request', async () => {
    const clock = instantClock()
    await using service = await scriptedService(
      awsError(429, 'ThrottlingException', '', { 'retry-after': '7' }),
      bytes(body),
    )
    await using client = testClient(service.endpoint, {}, clock)
    await client.getImageFrame(frame)
    expect(clock.now()).toBeGreaterThanOrEqual(7000)
  })

  test('is not waited for if it is longer than a minute', async () => {
    await using service = await scriptedService(awsError(503, 'ServiceUnavailable', '', { 'retry-after': '3600' }))
    await using client = testClient(service.endpoint)
    expect(await rejection(client.getImageFrame(frame))).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: true })
    expect(service.requests).toHaveLength(1)
  })
})

describe('a clock that is wrong', () => {
  const refused = awsError(403, 'InvalidSignatureException', 'Signature expired', {
    date: 'Wed, 01 Jan 2020 00:00:00 GMT',
  })

  test('is corrected by the service, for frames and for JSON operations', async () => {
    await using service = await scriptedService(refused, bytes(body), json({ datastoreSummaries: [] }))
    await using client = testClient(service.endpoint)
    await client.getImageFrame(frame)
    await collected(client.listDatastores())
    const dates = service.requests.map(({ headers }) => String(headers['x-amz-date']).slice(0, 8))
    expect(dates[0]).not.toBe('20200101')
    expect(dates.slice(1)).toEqual(['20200101', '20200101'])
  })

  test('does not fail requests that are refused at the same time', async () => {
    const byDate: Answer = (response, request) => {
      const isRight = String(request.headers['x-amz-date']).startsWith('20200101')
      return (isRight ? bytes(body) : refused)(response, request)
    }
    await using service = await scriptedService(byDate)
    await using client = testClient(service.endpoint)
    const frames = await Promise.all([1, 2, 3].map(() => client.getImageFrame(frame)))
    expect(frames.map(({ data }) => data)).toEqual([body, body, body])
    expect(service.requests).toHaveLength(6)
  })

  test('is ruled out if the signature is refused again', async () => {
    await using service = await scriptedService(refused)
    await using client = testClient(service.endpoint)
    expect(await rejection(client.getImageFrame(frame))).toMatchObject({ code: 'AHI_CREDENTIALS', statusCode: 403 })
    expect(service.requests).toHaveLength(2)
  })
})

test('an address without an answer fails soon', async () => {
  const service = await scriptedService(silence)
  await service[Symbol.asyncDispose]()
  const clock = instantClock()
  await using client = testClient(service.endpoint, {}, clock)
  expect(await rejection(client.getImageFrame(frame))).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: false })
  expect(clock.waits).toHaveLength(2)
})
