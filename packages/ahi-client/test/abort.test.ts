import { describe, expect, test, vi } from 'vitest'

import { createAhiClient } from '@ahi-dicom/ahi-client'

import { offAbort, onAbort, untilAborted } from '../src/timing/abort.ts'
import { clockUntil, systemClock } from '../src/timing/clock.ts'
import { credentials, frame, rejection } from './fixtures.ts'
import { awsError, bytes, scriptedService } from './scripted-service.ts'

const reason = new Error('enough')

/** An abort signal that counts its listeners, now and in all. */
function countedSignal(): { controller: AbortController; signal: AbortSignal; now: () => number; added: () => number } {
  const controller = new AbortController()
  const { signal } = controller
  const added = vi.spyOn(signal, 'addEventListener')
  const removed = vi.spyOn(signal, 'removeEventListener')
  const now = (): number => added.mock.calls.length - removed.mock.calls.length
  return { controller, signal, now, added: () => added.mock.calls.length }
}

test('callbacks of one signal share one listener, which is removed with the last of them', () => {
  const { controller, signal, now, added } = countedSignal()
  const callbacks = Array.from({ length: 1000 }, () => vi.fn())
  for (const callback of callbacks) onAbort(signal, callback)
  expect(added()).toBe(1)
  for (const callback of callbacks.slice(1)) offAbort(signal, callback)
  expect(now()).toBe(1)
  offAbort(signal, () => {})
  expect(now()).toBe(1)
  controller.abort(reason)
  expect(callbacks.map(({ mock }) => mock.calls.length)).toEqual([1, ...Array.from({ length: 999 }, () => 0)])
})

test('a removed listener is added again for a new callback', () => {
  const { controller, signal, now } = countedSignal()
  const callback = vi.fn()
  onAbort(signal, callback)
  offAbort(signal, callback)
  expect(now()).toBe(0)
  onAbort(signal, callback)
  controller.abort()
  expect(callback).toHaveBeenCalledTimes(1)
})

describe('untilAborted', () => {
  test('settles as the work does', async () => {
    const { signal } = new AbortController()
    expect(await untilAborted(Promise.resolve(1), signal)).toBe(1)
    expect(await rejection(untilAborted(Promise.reject(reason), signal))).toBe(reason)
  })

  test('rejects with the reason of a signal that aborts before or during the work', async () => {
    expect(await rejection(untilAborted(new Promise(() => {}), AbortSignal.abort(reason)))).toBe(reason)
    const controller = new AbortController()
    const work = rejection(untilAborted(new Promise(() => {}), controller.signal))
    controller.abort(reason)
    expect(await work).toBe(reason)
  })
})

test('a wait ends when the client closes and when the signal aborts', async () => {
  const closing = new AbortController()
  const job = new AbortController()
  const clock = clockUntil(closing.signal, systemClock)
  await clock.wait(1, job.signal)
  const waits = [rejection(clock.wait(1e6)), rejection(clock.wait(1e6, job.signal))]
  closing.abort(reason)
  expect(await Promise.all(waits)).toEqual([reason, reason])
  expect(await rejection(clock.wait(1e6, job.signal))).toBe(reason)
})

test('a thousand requests with one signal, some of them throttled, leave no listener', async () => {
  let requests = 0
  await using service = await scriptedService((response, request) => {
    requests += 1
    const answer = requests % 200 === 0 ? awsError(503, 'ServiceUnavailable') : bytes(new Uint8Array(3))
    return answer(response, request)
  })
  await using client = createAhiClient({ endpoint: service.endpoint, region: 'us-east-1', credentials })
  const { signal, now, added } = countedSignal()
  await Promise.all(Array.from({ length: 1000 }, () => client.getImageFrame({ ...frame, signal })))
  expect(requests).toBeGreaterThan(1000)
  expect(added()).toBeLessThan(10)
  expect(now()).toBe(0)
})
