import { afterEach, describe, expect, test, vi } from 'vitest'

import type { AhiCredentials } from '@ahi-dicom/ahi-client'

import { holdCredentials } from '../src/service/credential-source.ts'
import { collected, credentials, frame, imageSet, rejection, testClient } from './fixtures.ts'
import { awsError, bytes, json, keyOf, scriptedService } from './scripted-service.ts'

afterEach(() => vi.useRealTimers())

const expired = awsError(403, 'ExpiredTokenException')
const body = new Uint8Array(10).fill(7)

/** Returns the keys one after the other, and then the last one again and again. */
function keysInTurn(...keys: readonly string[]): { provider: () => Promise<AhiCredentials>; asked: number } {
  const state = {
    asked: 0,
    provider: async () => {
      const accessKeyId = keys[Math.min(state.asked, keys.length - 1)] ?? ''
      state.asked += 1
      return { ...credentials, accessKeyId, expiration: new Date(Date.now() + 3_600_000) }
    },
  }
  return state
}

describe('credentials that have expired by the answer of the service', () => {
  test('are renewed, for frames and for JSON operations', async () => {
    const keys = keysInTurn('FIRST', 'SECOND', 'THIRD')
    const lists = json({ datastoreSummaries: [] })
    await using service = await scriptedService(expired, bytes(body), expired, lists, bytes(body))
    await using client = testClient(service.endpoint, { credentials: keys.provider })
    expect((await client.getImageFrame(frame)).data).toEqual(body)
    expect(await collected(client.listDatastores())).toEqual([])
    await client.getImageFrame(frame)
    expect(service.requests.map(keyOf)).toEqual(['FIRST', 'SECOND', 'SECOND', 'THIRD', 'THIRD'])
    expect(keys.asked).toBe(3)
  })

  test('are renewed once for many requests', async () => {
    const keys = keysInTurn('FIRST', 'SECOND')
    await using service = await scriptedService((response, request) =>
      (keyOf(request) === 'FIRST' ? expired : bytes(body))(response, request),
    )
    await using client = testClient(service.endpoint, { credentials: keys.provider })
    await Promise.all(Array.from({ length: 20 }, () => client.getImageFrame(frame)))
    expect(service.requests).toHaveLength(40)
    expect(keys.asked).toBe(2)
  })

  test('end the request if the new ones have expired too', async () => {
    await using service = await scriptedService(expired)
    await using client = testClient(service.endpoint)
    expect(await rejection(client.getImageSetMetadata(imageSet))).toMatchObject({
      code: 'AHI_CREDENTIALS',
      retryable: false,
    })
    expect(service.requests).toHaveLength(2)
  })

  test('count as an attempt', async () => {
    await using service = await scriptedService(expired)
    await using client = testClient(service.endpoint, { maxAttempts: 1 })
    expect(await rejection(client.getImageFrame(frame))).toMatchObject({ code: 'AHI_CREDENTIALS' })
    expect(service.requests).toHaveLength(1)
  })
})

describe('held credentials', () => {
  const minuteMs = 60_000

  test('are renewed five minutes before they expire', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    const ask = vi.fn(async () => ({ ...credentials, expiration: new Date(Date.now() + 15 * minuteMs) }))
    const held = holdCredentials(ask)
    await held.get()
    vi.setSystemTime(10 * minuteMs)
    await held.get()
    expect(ask).toHaveBeenCalledTimes(1)
    vi.setSystemTime(10 * minuteMs + 1)
    await Promise.all([held.get(), held.get()])
    expect(ask).toHaveBeenCalledTimes(2)
  })

  test('are requested at most once a second, even after a failure', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    const ask = vi.fn(async () => ({ ...credentials, expiration: new Date(Date.now() + minuteMs) }))
    const held = holdCredentials(ask)
    await held.get()
    vi.setSystemTime(1000)
    await held.get()
    expect(ask).toHaveBeenCalledTimes(1)
    vi.setSystemTime(1001)
    ask.mockRejectedValueOnce(new Error('no'))
    await expect(held.get()).rejects.toThrow('no')
    await expect(held.get()).rejects.toThrow('no')
    vi.setSystemTime(2002)
    await held.get()
    expect(ask).toHaveBeenCalledTimes(3)
  })

  test('that do not expire are requested once', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 0 })
    const ask = vi.fn(async () => credentials)
    const held = holdCredentials(ask)
    await held.get()
    vi.setSystemTime(1e12)
    await held.get()
    expect(ask).toHaveBeenCalledTimes(1)
  })

  test('are renewed only if they are the expired ones', async () => {
    const ask = vi.fn(async () => credentials)
    const held = holdCredentials(ask)
    await held.get()
    held.discard({ accessKeyId: 'OTHER' })
    held.discard({ accessKeyId: credentials.accessKeyId, sessionToken: 'other' })
    await held.get()
    expect(ask).toHaveBeenCalledTimes(1)
    held.discard(credentials)
    await held.get()
    expect(ask).toHaveBeenLastCalledWith({ accessKeyId: credentials.accessKeyId, sessionToken: undefined })
  })
})
