import { once } from 'node:events'

import { describe, expect, test, vi } from 'vitest'

import type { AhiClient } from '@ahi-dicom/ahi-client'
import { createFrameClient, type FrameClient, isAhiError } from '@ahi-dicom/ahi-client/frames'

import { systemClock } from '../src/timing/clock.ts'
import { frame, frameClientOf, gathered, instance, instantClock, rejection, testClient } from './fixtures.ts'
import {
  type Answer,
  awsError,
  bytes,
  reset,
  scriptedService,
  silence,
  text,
  truncatedBody,
} from './scripted-service.ts'

const body = Uint8Array.from({ length: 200_000 }, (_, index) => (index * 31 + (index >> 8)) & 0xff)
const whole = bytes(body)
const reason = new Error('enough')

test('has these methods', async () => {
  await using service = await scriptedService(whole)
  await using client = testClient(service.endpoint)
  const frames = createFrameClient(await client.shareAccess({ connections: 1 }))
  expect(Object.keys(frames).sort()).toEqual(['close', 'getDICOMInstance', 'getImageFrame', 'streamImageFrame'])
  await frames.close()
})

describe('a frame client', () => {
  test('reads frames and instances as the client does', async () => {
    await using service = await scriptedService(whole)
    await using client = testClient(`${service.endpoint}/base`)
    const frames = await frameClientOf(client)
    for (const reader of [client, frames]) {
      expect(await reader.getImageFrame(frame)).toEqual({
        data: body,
        contentType: 'image/jph',
        byteLength: body.length,
      })
      const stream = await reader.streamImageFrame(frame)
      expect(stream).toMatchObject({ contentType: 'image/jph', byteLength: body.length })
      expect(await gathered(stream.data)).toEqual(body)
      expect(await gathered((await reader.getDICOMInstance(instance)).data)).toEqual(body)
    }
    const sent = service.requests.map(({ method, url, body, headers: { accept, authorization } }) => {
      const signedAs = String(authorization).split(', ').slice(0, 2)
      return { method, url, body, accept, signedAs }
    })
    expect(sent.slice(3)).toEqual(sent.slice(0, 3))
    await frames.close()
  })

  test.each<[string, Answer]>([
    ['throttling', awsError(429, 'ThrottlingException')],
    ['an internal error', awsError(500, 'InternalServerException')],
    ['a gateway that answers HTML', text(502, '<html>bad gateway</html>')],
    ['a reset connection', reset],
    ['a truncated body', truncatedBody],
    ['silence', silence],
    ['a conflict', awsError(409, 'ConflictException')],
    [
      'a clock that is wrong',
      awsError(403, 'InvalidSignatureException', '', { date: 'Wed, 01 Jan 2020 00:00:00 GMT' }),
    ],
  ])('repeats a request after %s', async (_, answer) => {
    await using service = await scriptedService(answer, whole)
    await using client = testClient(service.endpoint, { requestTimeoutMs: 100 })
    const frames = await frameClientOf(client)
    expect((await frames.getImageFrame(frame)).data).toEqual(body)
    expect(service.requests).toHaveLength(2)
    await frames.close()
  })

  test.each<[string, Answer]>([
    ['404', awsError(404, 'ResourceNotFoundException')],
    ['403', awsError(403, 'AccessDeniedException')],
    ['429', awsError(429, 'ThrottlingException')],
    ['a truncated body', truncatedBody],
    ['a reset', reset],
  ])('fails after %s with the same error as the client', async (_, answer) => {
    await using service = await scriptedService(answer)
    await using client = testClient(service.endpoint, { maxAttempts: 2 })
    const frames = await frameClientOf(client)
    const errors = [await rejection(client.getImageFrame(frame)), await rejection(frames.getImageFrame(frame))]
    expect(isAhiError(errors[1])).toBe(true)
    expect(errors[1]).toEqual(errors[0])
    await frames.close()
  })

  test('refuses a malformed identifier before any request', async () => {
    await using service = await scriptedService(whole)
    await using client = testClient(service.endpoint)
    const frames = await frameClientOf(client)
    const error = await rejection(frames.getImageFrame({ ...frame, imageFrameId: '../' }))
    expect(error).toMatchObject({ code: 'AHI_VALIDATION' })
    expect(service.requests).toHaveLength(0)
    await frames.close()
  })

  test('rejects with the reason of the signal', async () => {
    const controller = new AbortController()
    await using service = await scriptedService((response) => {
      response.writeHead(200, { 'content-length': '1000' })
      response.write(new Uint8Array(500), () => controller.abort(reason))
    })
    await using client = testClient(service.endpoint)
    const frames = await frameClientOf(client)
    expect(await rejection(frames.getImageFrame({ ...frame, signal: controller.signal }))).toBe(reason)
    expect(await rejection(frames.getDICOMInstance({ ...instance, signal: controller.signal }))).toBe(reason)
    await frames.close()
  })

  test('opens no more connections than its share', async () => {
    await using service = await scriptedService(whole)
    await using client = testClient(service.endpoint, { maxConnections: 64 })
    const frames = await frameClientOf(client)
    await Promise.all(Array.from({ length: 40 }, () => frames.getImageFrame(frame)))
    expect(service.connections.most).toBe(4)
    await frames.close()
  })
})

test.each([0, 1.5, Number.NaN])('sharing %d connections is a TypeError', async (connections) => {
  await using client = testClient('http://127.0.0.1:1')
  await expect(client.shareAccess({ connections })).rejects.toThrow(/^Expected `connections`/)
})

test('shareAccess throws if the region is missing', async () => {
  vi.stubEnv('AWS_REGION', undefined)
  vi.stubEnv('AWS_DEFAULT_REGION', undefined)
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere')
  await using client = testClient('http://127.0.0.1:1', { region: undefined })
  const error = await rejection(client.shareAccess({ connections: 1 }))
  vi.unstubAllEnvs()
  expect(error).toMatchObject({ code: 'AHI_VALIDATION', name: 'AhiValidationError' })
  expect(String(error)).toContain('the AWS region is not set; set AWS_REGION')
})

describe('the client and its frame clients share', () => {
  test('the pace of an operation', async () => {
    const clock = instantClock()
    await using service = await scriptedService(
      awsError(429, 'ThrottlingException', '', { 'retry-after': '30' }),
      awsError(404, 'ResourceNotFoundException'),
      whole,
    )
    await using client = testClient(service.endpoint, { maxAttempts: 1 }, clock)
    const frames = await frameClientOf(client, {}, clock)
    expect(await rejection(frames.getImageFrame(frame))).toMatchObject({ code: 'AHI_THROTTLED' })
    await rejection(client.getDICOMInstance(instance))
    expect(clock.now()).toBe(0)
    await client.getImageFrame(frame)
    expect(clock.now()).toBe(30_000)
    await frames.close()
  })

  test('the offset from the clock of AWS', async () => {
    const refused = awsError(403, 'InvalidSignatureException', '', { date: 'Wed, 01 Jan 2020 00:00:00 GMT' })
    await using service = await scriptedService(refused, whole)
    await using client = testClient(service.endpoint)
    const frames = await frameClientOf(client)
    await frames.getImageFrame(frame)
    await client.getImageFrame(frame)
    const dates = service.requests.map(({ headers }) => String(headers['x-amz-date']).slice(0, 8))
    expect(dates.slice(1)).toEqual(['20200101', '20200101'])
    await frames.close()
  })
})

/** Returns a service, a client of it, and a frame client of that client, all with the clock of the machine. */
async function open(answer: Answer): Promise<{
  readonly service: Awaited<ReturnType<typeof scriptedService>>
  readonly client: AhiClient
  readonly frames: FrameClient
}> {
  const service = await scriptedService(answer)
  const client = testClient(service.endpoint, {}, systemClock)
  return { service, client, frames: await frameClientOf(client, {}, systemClock) }
}

describe('closing', () => {
  test.each<'client' | 'frames'>(['client', 'frames'])(
    'the %s fails what is under way and what follows',
    async (one) => {
      const received = Promise.withResolvers<void>()
      const all = await open(() => received.resolve())
      await using service = all.service
      const underWay = rejection(all.frames.getImageFrame(frame))
      await received.promise
      await all[one].close()
      expect(await underWay).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: false, ...frame })
      expect(await rejection(all.frames.getImageFrame(frame))).toMatchObject({ code: 'AHI_UNAVAILABLE' })
      expect(service.requests).toHaveLength(1)
      await service.idle()
      await all.client.close()
    },
  )

  test('the client makes a frame client fail that waits for credentials', async () => {
    const asked = Promise.withResolvers<void>()
    const client = testClient('http://127.0.0.1:1', {
      credentials: () => {
        asked.resolve()
        return new Promise(() => {})
      },
    })
    const frames = await frameClientOf(client)
    const underWay = rejection(frames.getImageFrame(frame))
    await asked.promise
    await client.close()
    expect(await underWay).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: false })
  })

  test('a frame client does not affect the client and other frame clients', async () => {
    const all = await open(whole)
    await using service = all.service
    await using client = all.client
    const other = await frameClientOf(client)
    await all.frames.close()
    expect((await client.getImageFrame(frame)).data).toEqual(body)
    expect((await other.getImageFrame(frame)).data).toEqual(body)
    expect(service.requests).toHaveLength(2)
  })

  test('the client closes a port that no thread has taken', async () => {
    await using service = await scriptedService(whole)
    const client = testClient(service.endpoint)
    const { port } = await client.shareAccess({ connections: 1 })
    const closed = once(port, 'close')
    await client.close()
    await closed
    expect(await rejection(client.shareAccess({ connections: 1 }))).toMatchObject({ code: 'AHI_UNAVAILABLE' })
  })
})
