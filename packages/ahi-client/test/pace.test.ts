import { describe, expect, test } from 'vitest'

import { ServiceFailure } from '../src/errors/service-failure.ts'
import type { Quota } from '../src/model/documented-quotas.ts'
import { createOutage } from '../src/timing/outage.ts'
import { createPace } from '../src/timing/pace.ts'
import { createRetries } from '../src/timing/retry.ts'
import { eventClock, type EventClock } from './event-clock.ts'
import { testConnections, testCounter } from './recording-transport.ts'

interface Service {
  answer(): Promise<void>
  /** Requests refused because of the quota. */
  refused: number
  requests: number
  /** When requests arrived. */
  readonly arrivals: number[]
}

/** A service with a token bucket, as AHI's throttling limits have it, and an answer after 20 to 100 ms. */
function throttlingService(clock: EventClock, { rate, burst }: Quota, noise = 0): Service {
  let tokens = burst
  let at = 0
  const service: Service = {
    refused: 0,
    requests: 0,
    arrivals: [],
    answer: async () => {
      service.requests += 1
      await clock.wait(10 + clock.random() * 40)
      service.arrivals.push(clock.now())
      const isNoise = clock.random() < noise
      tokens = Math.min(burst, tokens + ((clock.now() - at) * rate) / 1000)
      at = clock.now()
      const isRefused = !isNoise && tokens < 1
      if (isRefused) service.refused += 1
      else if (!isNoise) tokens -= 1
      await clock.wait(10 + clock.random() * 40)
      if (isRefused || isNoise) throw new ServiceFailure('AHI_THROTTLED', 'too fast', { retryable: true })
    },
  }
  return service
}

interface Run {
  readonly service: Service
  readonly ms: number
  /** How long the quota alone takes. */
  readonly idealMs: number
}

interface RunOptions {
  readonly documented: Quota
  /** Of the service. Default: the documented one. */
  readonly real?: Quota
  readonly count: number
  readonly callers?: number
  readonly noise?: number
  readonly maxRate?: number
}

/** Sends requests by many callers until all have succeeded. */
async function run({ documented, real = documented, count, callers = 128, noise, maxRate }: RunOptions): Promise<Run> {
  const clock = eventClock()
  const service = throttlingService(clock, real, noise)
  const limits = { maxAttempts: 8, conflictTimeoutMs: 0 }
  const outage = createOutage({ clock, timeoutMs: 60_000, probeTimeoutMs: 30_000 })
  const pace = createPace({ clock, quota: documented, maxRate })
  const connections = testConnections(callers)
  const context = { clock, limits, pace, counter: testCounter(), outage: () => outage, connections, signal: undefined }
  let left = count
  const caller = async (): Promise<void> => {
    while (left-- > 0) await createRetries(context).run(() => service.answer())
  }
  await clock.run(Promise.all(Array.from({ length: callers }, caller)))
  return { service, ms: clock.now(), idealMs: ((count - real.burst) / real.rate) * 1000 }
}

const search = { rate: 25, burst: 50 }
const metadata = { rate: 50, burst: 100 }
const frames = { rate: 1000, burst: 2000 }

/** Another account of AHI may have more, and one whose requests others use up has less. */
const raised = ({ rate, burst }: Quota, by: number): Quota => ({ rate: rate * by, burst: burst * by })

describe('with the documented quota', () => {
  test.each<[string, RunOptions]>([
    ['a data store is searched', { documented: search, count: 550 }],
    ['many image sets are read', { documented: metadata, count: 10_000 }],
    ['frames are read', { documented: frames, count: 12_000 }],
  ])('%s in 1.1 times what the quota takes, and under 1 %% is throttled', async (_, options) => {
    const { service, ms, idealMs } = await run(options)
    expect(ms).toBeLessThan(idealMs * 1.1)
    expect(service.refused).toBeLessThan(options.count * 0.01)
  })

  test.each([
    ['documents', { documented: metadata, count: 2000 }],
    ['frames', { documented: frames, count: 12_000 }],
  ])('throttles that come whatever the rate do not slow %s', async (_, options) => {
    const { service, ms, idealMs } = await run({ ...options, noise: 0.05 })
    expect(ms).toBeLessThan(idealMs * 1.1)
    expect(service.refused).toBe(0)
  })
})

test.each<[string, Quota, Quota, number]>([
  ['a fortieth', frames, search, 1000],
  ['half of frames', frames, raised(frames, 0.5), 20_000],
  ['half of documents', metadata, search, 2000],
  ['nine tenths', metadata, raised(metadata, 0.9), 4000],
])('a quota of %s of the documented one is found', async (_, documented, real, count) => {
  const { service, ms, idealMs } = await run({ documented, real, count })
  expect(ms).toBeLessThan(idealMs * 1.2)
  expect(service.refused).toBeLessThan(count * 0.3)
})

test('a quota that AWS has raised is found', async () => {
  const { service, ms, idealMs } = await run({ documented: metadata, real: raised(metadata, 5), count: 20_000 })
  expect(ms).toBeLessThan(idealMs * 1.2)
  expect(service.refused).toBeLessThan(200)
})

test('no more than the most requests a second start, from the first second on', async () => {
  const { service, ms } = await run({ documented: frames, count: 3000, maxRate: 100 })
  expect(ms).toBeLessThan(30_500)
  for (let from = 0; from < 29_000; from += 500) {
    const second = service.arrivals.filter((at) => at >= from && at < from + 1000)
    expect(second.length).toBeLessThan(120)
  }
})

test('many throttles of what started together lower the rate once', async () => {
  expect(await rateAfter(64)).toBeCloseTo(await rateAfter(16))
})

/** Milliseconds between two turns. */
async function rateAfter(throttles: number): Promise<number> {
  const clock = eventClock()
  const pace = createPace({ clock, quota: { rate: 100, burst: 100 } })
  await clock.run(clock.wait(1000))
  for (let index = 0; index < 64; index += 1) void pace.turn(undefined)
  await clock.run(clock.wait(20))
  for (let index = 0; index < throttles; index += 1) pace.throttled(1000)
  await clock.run(Promise.resolve(pace.turn(undefined)))
  const start = clock.now()
  await clock.run(Promise.resolve(pace.turn(undefined)))
  return clock.now() - start
}

test('a turn that is not waited for any more is taken by the next request', async () => {
  const clock = eventClock()
  const pace = createPace({ clock, quota: { rate: 1, burst: 1 } })
  void pace.turn(undefined)
  const first = pace.turn(undefined)
  const given = new AbortController()
  const second = Promise.resolve(pace.turn(given.signal)).catch((error: unknown) => error)
  const third = pace.turn(undefined)
  const reason = new Error('enough')
  given.abort(reason)
  expect(await second).toBe(reason)
  await clock.run(Promise.all([first, third]))
  expect(clock.now()).toBe(2000)
})

test('nothing starts within the time that the service asked for', async () => {
  const clock = eventClock()
  const pace = createPace({ clock, quota: frames })
  void pace.turn(undefined)
  pace.pause(5000)
  const started: number[] = []
  const start = async (): Promise<void> => {
    await pace.turn(undefined)
    started.push(clock.now())
  }
  await clock.run(Promise.all([start(), start(), start()]))
  expect(Math.min(...started)).toBeGreaterThanOrEqual(5000)
})
