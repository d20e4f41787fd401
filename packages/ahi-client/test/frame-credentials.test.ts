import { afterEach, describe, expect, test, vi } from 'vitest'

import { ServiceFailure } from '../src/errors/service-failure.ts'
import { credentials, frame, frameClientOf, rejection, testClient } from './fixtures.ts'
import { awsError, bytes, keyOf, scriptedService } from './scripted-service.ts'

afterEach(() => vi.useRealTimers())

const whole = bytes(new Uint8Array(10).fill(7))
const reason = new Error('enough')

describe('credentials of a frame client', () => {
  const minuteMs = 60_000

  test('are renewed five minutes before they expire', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 0, 1) })
    let asked = 0
    const provider = async (): Promise<typeof credentials & { expiration: Date }> => {
      asked += 1
      return { ...credentials, accessKeyId: `KEY${asked}`, expiration: new Date(Date.now() + 15 * minuteMs) }
    }
    await using service = await scriptedService(whole)
    await using client = testClient(service.endpoint, { credentials: provider })
    const frames = await frameClientOf(client)
    for (let read = 0; read < 5; read += 1) {
      await frames.getImageFrame(frame)
      vi.setSystemTime(Date.now() + 6 * minuteMs)
    }
    expect(service.requests.map(keyOf)).toEqual(['KEY1', 'KEY1', 'KEY2', 'KEY2', 'KEY3'])
    await frames.close()
  })

  test('are renewed if they have expired by the answer of the service, once for all clients', async () => {
    let asked = 0
    const provider = async (): Promise<typeof credentials> => {
      asked += 1
      return { ...credentials, accessKeyId: `KEY${asked}` }
    }
    await using service = await scriptedService((response, request) =>
      (keyOf(request) === 'KEY1' ? awsError(403, 'ExpiredTokenException') : whole)(response, request),
    )
    await using client = testClient(service.endpoint, { credentials: provider })
    const readers = [client, await frameClientOf(client), await frameClientOf(client)]
    await Promise.all(readers.flatMap((reader) => [1, 2, 3].map(() => reader.getImageFrame(frame))))
    expect(asked).toBe(2)
    await Promise.all(readers.map((reader) => reader.close()))
  })

  test('that are missing give the same error as in the client', async () => {
    const cause = Object.assign(new TypeError('no card in the reader'), { reader: () => {} })
    await using service = await scriptedService(whole)
    await using client = testClient(service.endpoint, { credentials: () => Promise.reject(cause) })
    const frames = await frameClientOf(client)
    const [own, error] = [await rejection(client.getImageFrame(frame)), await rejection(frames.getImageFrame(frame))]
    expect(error).toMatchObject({ name: 'AhiCredentialsError', code: 'AHI_CREDENTIALS', retryable: false, ...frame })
    expect(String(error)).toBe(String(own))
    expect(error).toMatchObject({ cause: new Error(cause.message) })
    expect(service.requests).toHaveLength(0)
    await frames.close()
  })

  test('are requested again later if the network was down', async () => {
    const cause = new ServiceFailure('AHI_UNAVAILABLE', 'the connection broke (ECONNRESET)', { retryable: true })
    await using client = testClient('http://127.0.0.1:1', { credentials: () => Promise.reject(cause), maxAttempts: 1 })
    const frames = await frameClientOf(client)
    const [own, error] = [await rejection(client.getImageFrame(frame)), await rejection(frames.getImageFrame(frame))]
    expect(error).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: true })
    expect(String(error)).toBe(String(own))
    await frames.close()
  })

  test('are not waited for after the signal aborts', async () => {
    const controller = new AbortController()
    const provider = (): Promise<typeof credentials> => {
      controller.abort(reason)
      return new Promise(() => {})
    }
    await using client = testClient('http://127.0.0.1:1', { credentials: provider })
    const frames = await frameClientOf(client)
    expect(await rejection(frames.getImageFrame({ ...frame, signal: controller.signal }))).toBe(reason)
    await frames.close()
  })
})
