import { describe, expect, test } from 'vitest'

import { ServiceFailure } from '../src/errors/service-failure.ts'
import type { Quota } from '../src/model/documented-quotas.ts'
import { createConflicts } from '../src/timing/conflicts.ts'
import { createOutage } from '../src/timing/outage.ts'
import { createPace, type Pace, paceByteLength } from '../src/timing/pace.ts'
import { createRetries } from '../src/timing/retry.ts'
import { eventClock, type EventClock } from './event-clock.ts'
import { testConnections, testCounter } from './recording-transport.ts'

interface Service {
  answer(): Promise<void>
  /** Requests refused because of the quota. */
  refused: number
  requests: number
  /** Arrival times of the requests. */
  readonly arrivals: number[]
}

interface ServiceOptions {
  readonly quota: Quota
  /** Share of requests that are throttled at any rate. They do not use the quota. */
  readonly noise: number
  /** Milliseconds until an answer. */
  readonly latency: readonly [least: number, most: number]
}

/** Returns a service with a token bucket, as AHI documents its throttling. */
function throttlingService(clock: EventClock, { quota: { rate, burst }, noise, latency }: ServiceOptions): Service {
  const [least, most] = latency
  const halfLatency = (): number => (least + clock.random() * (most - least)) / 2
  let tokens = burst
  let at = 0
  const service: Service = {
    refused: 0,
    requests: 0,
    arrivals: [],
    answer: async () => {
      service.requests += 1
      await clock.wait(halfLatency())
      service.arrivals.push(clock.now())
      const isNoise = clock.random() < noise
      tokens = Math.min(burst, tokens + ((clock.now() - at) * rate) / 1000)
      at = clock.now()
      const isRefused = !isNoise && tokens < 1
      if (isRefused) service.refused += 1
      else if (!isNoise) tokens -= 1
      await clock.wait(halfLatency())
      if (isRefused || isNoise) throw new ServiceFailure('AHI_THROTTLED', 'too fast', { retryable: true })
    },
  }
  return service
}

interface Run {
  readonly service: Service
  readonly ms: number
  /** Time that the quota alone requires. */
  readonly idealMs: number
}

interface RunOptions {
  readonly documented: Quota
  /** The quota of the service. Default: the documented one. */
  readonly real?: Quota
  readonly count: number
  readonly callers?: number
  readonly noise?: number
  readonly latency?: readonly [least: number, most: number]
  readonly maxRate?: number
  /** Number of paces that share their memory, like threads. */
  readonly threads?: number
}

/** Sends requests from many callers until all have succeeded. */
async function run(options: RunOptions): Promise<Run> {
  const { documented, real = documented, count, callers = 128, maxRate, threads = 1 } = options
  const { noise = 0, latency = [20, 100] } = options
  const clock = eventClock()
  const service = throttlingService(clock, { quota: real, noise, latency })
  const limits = { maxAttempts: 8 }
  const conflicts = createConflicts({ clock, timeoutMs: 0 })
  const outage = createOutage({ clock, timeoutMs: 60_000, probeTimeoutMs: 30_000 })
  const memory = new SharedArrayBuffer(paceByteLength)
  const paces = Array.from({ length: threads }, () => createPace({ clock, quota: documented, maxRate, memory }))
  const connections = testConnections(callers)
  const parts = { counter: testCounter(), outage: () => outage, conflicts, connections }
  const context = { clock, limits, ...parts, signal: undefined }
  let left = count
  const caller = async (pace: Pace): Promise<void> => {
    while (left-- > 0) await createRetries({ ...context, pace }).run(() => service.answer())
  }
  const working = paces.flatMap((pace) => Array.from({ length: callers / threads }, () => caller(pace)))
  await clock.run(Promise.all(working))
  return { service, ms: clock.now(), idealMs: ((count - real.burst) / real.rate) * 1000 }
}

const search = { rate: 25, burst: 50 }
const metadata = { rate: 50, burst: 100 }
const frames = { rate: 1000, burst: 2000 }

/** Returns a quota that AWS has raised, or that other users partly use up. */
const raised = ({ rate, burst }: Quota, by: number): Quota => ({ rate: rate * by, burst: burst * by })

describe('with the documented quota', () => {
  test.each<[string, RunOptions]>([
    ['a data store is searched', { documented: search, count: 550 }],
    ['image sets are read for 12 s', { documented: metadata, count: 700 }],
    ['many image sets are read by two threads', { documented: metadata, count: 2000, threads: 2 }],
    ['many image sets are read slowly', { documented: metadata, count: 2000, latency: [20, 300] }],
    ['many image sets are read', { documented: metadata, count: 10_000 }],
    ['frames are read', { documented: frames, count: 12_000 }],
  ])('%s in at most 1.1 times the time of the quota, and under 1 %% is throttled', async (_, options) => {
    const { service, ms, idealMs } = await run(options)
    expect(ms).toBeLessThan(idealMs * 1.1)
    expect(service.refused).toBeLessThan(options.count * 0.01)
  })

  test.each([
    ['documents for 12 s', { documented: metadata, count: 700 }],
    ['documents', { documented: metadata, count: 2000 }],
    ['documents of two threads', { documented: metadata, count: 2000, threads: 2 }],
    ['documents that come slowly', { documented: metadata, count: 2000, latency: [20, 300] as const }],
    ['many documents', { documented: metadata, count: 10_000 }],
    ['frames', { documented: frames, count: 12_000 }],
  ])('throttles at any rate do not slow %s', async (_, options) => {
    const { service, ms, idealMs } = await run({ ...options, noise: 0.05 })
    expect(ms).toBeLessThan(idealMs * 1.1)
    expect(service.refused).toBeLessThan(options.count * 0.01)
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

test.each([
  ['half', 0.5, 0.06],
  ['nine tenths', 0.9, 0.03],
])('a quota of %s is found with few throttles', async (_, by, share) => {
  const { service } = await run({ documented: metadata, real: raised(metadata, by), count: 4000 })
  expect(service.refused).toBeLessThan(4000 * share)
})

test.each([0, 0.05])(
  'four times the quota is reached within 30 s while %d of the requests are throttled',
  async (noise) => {
    const { service } = await run({ documented: metadata, real: raised(metadata, 4), count: 10_000, noise })
    const second = service.arrivals.filter((at) => at >= 29_000 && at < 30_000)
    expect(second.length).toBeGreaterThan(160)
    expect(service.refused).toBeLessThan(noise === 0 ? 100 : 250)
  },
)

test('maxRate holds from the first second on', async () => {
  const { service, ms } = await run({ documented: frames, count: 3000, maxRate: 100 })
  expect(ms).toBeLessThan(30_500)
  for (let from = 0; from < 29_000; from += 500) {
    const second = service.arrivals.filter((at) => at >= from && at < from + 1000)
    expect(second.length).toBeLessThan(120)
  }
})

test('many throttles of requests that started together lower the rate once', async () => {
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

test('the next request takes a turn that was abandoned', async () => {
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

test('nothing starts during the pause that the service asked for', async () => {
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
