import { expect, test } from 'vitest'

import { createOutage } from '../src/timing/outage.ts'
import { createPace } from '../src/timing/pace.ts'
import { createRetries, type RetryContext } from '../src/timing/retry.ts'
import { ServiceFailure } from '../src/errors/service-failure.ts'
import { createLimiter } from '../src/timing/limiter.ts'
import { eventClock, type EventClock } from './event-clock.ts'
import { testCounter } from './recording-transport.ts'

/** A service that takes so many requests a second, and a burst of twice as many, as AHI's throttling limits have it. */
function throttlingService(clock: EventClock, perSecond: number): { answer(): Promise<void>; refused: number } {
  let tokens = perSecond * 2
  let at = 0
  const service = {
    refused: 0,
    answer: async () => {
      await clock.wait(20)
      tokens = Math.min(perSecond * 2, tokens + ((clock.now() - at) * perSecond) / 1000)
      at = clock.now()
      if (tokens < 1) {
        service.refused += 1
        throw new ServiceFailure('AHI_THROTTLED', 'too fast', { retryable: true })
      }
      tokens -= 1
    },
  }
  return service
}

function contextOf(clock: EventClock): RetryContext {
  const limits = { maxAttempts: 8, conflictTimeoutMs: 0 }
  const outage = createOutage({ clock, timeoutMs: 60_000, probeTimeoutMs: 30_000 })
  const parts = {
    outage: () => outage,
    counter: testCounter(),
    pace: createPace({ clock }),
    connections: createLimiter(64),
  }
  return { clock, limits, ...parts, signal: undefined }
}

test.each([
  [25, 500],
  [50, 1000],
  [1000, 20_000],
])('64 callers share a quota of %i a second: all %i requests succeed at nearly that rate', async (perSecond, count) => {
  const clock = eventClock()
  const service = throttlingService(clock, perSecond)
  const context = contextOf(clock)
  let left = count
  const caller = async (): Promise<void> => {
    while (left-- > 0) await createRetries(context).run(() => service.answer())
  }
  await clock.run(Promise.all(Array.from({ length: 64 }, caller)))
  const idealMs = ((count - perSecond * 2) / perSecond) * 1000
  expect(clock.now()).toBeLessThan(idealMs * 1.1)
  expect(service.refused).toBeLessThan(count * 0.4)
})

test('is free again 20 s after the last throttle, and not before', async () => {
  const clock = eventClock()
  const pace = createPace({ clock })
  expect(pace.turn(undefined)).toBeUndefined()
  pace.throttled(0, 0)
  void pace.turn(undefined)
  expect(pace.turn(undefined)).toBeInstanceOf(Promise)
  await clock.run(clock.wait(19_000))
  void pace.turn(undefined)
  expect(pace.turn(undefined)).toBeInstanceOf(Promise)
  await clock.run(clock.wait(1000))
  expect([pace.turn(undefined), pace.turn(undefined), pace.turn(undefined)]).toEqual([undefined, undefined, undefined])
})

test('many refusals of what started together cut the rate once', async () => {
  const once = await rateAfter(1)
  expect(await rateAfter(64)).toBeCloseTo(once)
})

async function rateAfter(refusals: number): Promise<number> {
  const clock = eventClock()
  const pace = createPace({ clock })
  for (let index = 0; index < 64; index += 1) void pace.turn(undefined)
  await clock.run(clock.wait(20))
  for (let index = 0; index < refusals; index += 1) pace.throttled(0, 0)
  const start = clock.now()
  await clock.run(Promise.all([pace.turn(undefined), pace.turn(undefined)]))
  return clock.now() - start
}

test('nothing starts within the time that the service asked for', async () => {
  const clock = eventClock()
  const pace = createPace({ clock })
  void pace.turn(undefined)
  pace.throttled(0, 5000)
  const started: number[] = []
  const start = async (): Promise<void> => {
    await pace.turn(undefined)
    started.push(clock.now())
  }
  await clock.run(Promise.all([start(), start(), start()]))
  expect(Math.min(...started)).toBeGreaterThanOrEqual(5000)
})
