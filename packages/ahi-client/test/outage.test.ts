import { describe, expect, test } from 'vitest'

import { createAhiClient, type ServiceOutage } from '@ahi-dicom/ahi-client'

import { ServiceFailure, type ServiceFailureOptions } from '../src/errors/service-failure.ts'
import { ahiErrorOf } from '../src/errors/subject.ts'
import { failureOfSocket } from '../src/http/socket-failure.ts'
import { type Clock, systemClock } from '../src/timing/clock.ts'
import { createConflicts } from '../src/timing/conflicts.ts'
import { createOutage, outageByteLength } from '../src/timing/outage.ts'
import { createPace } from '../src/timing/pace.ts'
import { createRetries, type RetryContext } from '../src/timing/retry.ts'
import { eventClock, type EventClock } from './event-clock.ts'
import { testConnections, testCounter, testQuota } from './recording-transport.ts'
import { credentials, frame, frameClientOf, imageSet, instantClock, rejection, testClient } from './fixtures.ts'
import { type Answer, awsError, bytes, json, reset, scriptedService, text } from './scripted-service.ts'

const refused: ServiceFailureOptions = { retryable: true, unreachable: true }
const broken: ServiceFailureOptions = { retryable: true }
const unavailable: ServiceFailureOptions = { retryable: true, statusCode: 503 }
const internal: ServiceFailureOptions = { retryable: true, statusCode: 500 }

interface Simulation {
  /** Requests that were sent while the service was away. */
  sentWhileAway: number
  /** Most of those requests at a time, without the requests in progress when the service went away. */
  mostProbes: number
  readonly failed: unknown[]
  /** Time of the last answer. */
  endMs: number
}

/** Runs requests against a service that answers after 20 ms and is away for `awayMs` from `awayAt` on. */
async function simulate(
  clock: EventClock,
  outage: {
    readonly awayMs: number
    readonly failure: ServiceFailureOptions
    readonly callers?: number
    readonly timeoutMs?: number
  },
): Promise<Simulation> {
  const { awayMs, failure, callers = 64, timeoutMs = 300_000 } = outage
  const awayAt = 100
  const result: Simulation = { sentWhileAway: 0, mostProbes: 0, failed: [], endMs: 0 }
  let probes = 0
  const isAway = (): boolean => clock.now() >= awayAt && clock.now() < awayAt + awayMs
  const answer = async (): Promise<void> => {
    const sentAway = isAway()
    if (sentAway) {
      result.sentWhileAway += 1
      probes += 1
      if (clock.now() > awayAt + 100) result.mostProbes = Math.max(result.mostProbes, probes)
    }
    await clock.wait(20)
    if (sentAway) probes -= 1
    if (sentAway || isAway()) throw new ServiceFailure('AHI_UNAVAILABLE', 'away', failure)
  }
  const context = contextOf(clock, { callers, timeoutMs })
  let left = 1000
  const caller = async (): Promise<void> => {
    while (left-- > 0) {
      await createRetries(context)
        .run(answer)
        .catch((error: unknown) => result.failed.push(error))
    }
  }
  await clock.run(Promise.all(Array.from({ length: callers }, caller)))
  result.endMs = clock.now()
  return result
}

function contextOf(clock: Clock, { callers = 64, timeoutMs = 300_000 } = {}): RetryContext {
  const outage = createOutage({ clock, timeoutMs, probeTimeoutMs: 30_000 })
  const parts = {
    outage: () => outage,
    counter: testCounter(),
    pace: createPace({ clock, quota: testQuota }),
    connections: testConnections(callers),
  }
  return {
    clock,
    limits: { maxAttempts: 8 },
    conflicts: createConflicts({ clock, timeoutMs: 0 }),
    ...parts,
    signal: undefined,
  }
}

describe('1,000 requests with an outage in the middle', () => {
  const failures: [string, ServiceFailureOptions][] = [
    ['refuses connections', refused],
    ['resets all connections', broken],
    ['answers 503', unavailable],
  ]
  const cases = failures.flatMap(([name, failure]) => [1, 3, 60, 290].map((s) => [s, name, failure] as const))

  test.each(cases)(
    'all succeed if the service for %i s %s, and few requests are sent during the outage',
    async (s, _, failure) => {
      const clock = eventClock()
      const { sentWhileAway, mostProbes, failed, endMs } = await simulate(clock, { awayMs: s * 1000, failure })
      expect(failed).toEqual([])
      // 64 in progress or started at the same moment, then probes: after 0.1 s, 0.2 s, … 5 s.
      expect(sentWhileAway).toBeLessThan(64 + 8 + (s / 5) * 2)
      expect(mostProbes).toBeLessThanOrEqual(1)
      // The last pause is at most 5 s. The remaining requests take less than a second.
      expect(endMs).toBeLessThan(s * 1000 + 6500)
    },
  )

  test.each(failures)('fail with one message if the service %s for longer than they may wait', async (_, failure) => {
    const clock = eventClock()
    const { sentWhileAway, failed, endMs } = await simulate(clock, { awayMs: 1e9, failure, timeoutMs: 60_000 })
    expect(failed.length).toBeGreaterThan(100)
    expect(new Set(failed.map(String))).toEqual(new Set(['ServiceFailure: the service has been away for 60 s (away)']))
    expect(failed[0]).toMatchObject({ code: 'AHI_OUTAGE', retryable: true })
    expect(endMs).toBeGreaterThan(60_000)
    expect(endMs).toBeLessThan(70_000)
    expect(sentWhileAway).toBeLessThan(110)
  })

  test.each([1, 2])('of %i callers all succeed after 6 s by their own attempts', async (callers) => {
    for (const failure of [refused, broken, unavailable]) {
      const { failed } = await simulate(eventClock(), { awayMs: 6000, failure, callers })
      expect(failed).toEqual([])
    }
  })

  test('after an internal error of 500 each request is repeated separately', async () => {
    const clock = eventClock()
    const { failed } = await simulate(clock, { awayMs: 1e9, failure: internal, timeoutMs: 60_000 })
    expect(new Set(failed.map(String))).toEqual(new Set(['ServiceFailure: away']))
  })
})

test('one request that always fails is not an outage if the other requests succeed', async () => {
  const clock = eventClock()
  const context = contextOf(clock)
  const good = async (): Promise<void> => {
    for (let request = 0; request < 5000; request += 1) await createRetries(context).run(() => clock.wait(20))
  }
  let attempts = 0
  const bad = createRetries(context).run(async () => {
    attempts += 1
    await clock.wait(20)
    throw new ServiceFailure('AHI_UNAVAILABLE', 'broken', broken)
  })
  const outcome = rejection(bad)
  await clock.run(good())
  expect(await outcome).toMatchObject({ message: 'broken' })
  expect(attempts).toBe(8)
})

describe('a service that never answered', () => {
  test('is not waited for', async () => {
    const clock = instantClock()
    const attempts: number[] = []
    const error = await rejection(
      createRetries(contextOf(clock)).run(async () => {
        attempts.push(clock.now())
        throw new ServiceFailure('AHI_UNAVAILABLE', 'refused', refused)
      }),
    )
    expect(error).toMatchObject({ message: 'refused', code: 'AHI_UNAVAILABLE' })
    expect(attempts).toHaveLength(3)
  })

  test('gives an error that says what to check', async () => {
    const service = await scriptedService(reset)
    await service[Symbol.asyncDispose]()
    await using client = testClient(service.endpoint)
    const error = await rejection(client.getImageFrame(frame))
    expect(error).toMatchObject({ code: 'AHI_UNAVAILABLE', retryable: false })
    expect(String(error)).toMatch(/check the region, the endpoint and the network/)
  })

  test('is not waited for, even if another host has answered', async () => {
    await using service = await scriptedService(json({ datastoreSummaries: [] }))
    await using client = testClient(service.endpoint)
    await client.listDatastores()[Symbol.asyncIterator]().next()
    const memory = new SharedArrayBuffer(2 * outageByteLength)
    const clock = instantClock()
    const options = { clock, timeoutMs: 60_000, probeTimeoutMs: 30_000, memory }
    const [one, other] = [createOutage(options), createOutage({ ...options, byteOffset: outageByteLength })]
    one.answered(0)
    const failure = new ServiceFailure('AHI_UNAVAILABLE', 'refused', refused)
    expect(other.failed(failure, { round: 0 })).toBe(false)
    expect(one.failed(failure, { round: 0 })).toBe(true)
  })
})

const redirect: Answer = (response) => response.writeHead(302, { location: 'http://portal.test' }).end()

describe('a web page in place of answers', () => {
  const good = bytes(new Uint8Array(10).fill(7))
  const page = text(200, '<html>sign in to this network</html>')

  test.each([
    ['a page', page],
    ['a redirect', redirect],
    ['a proxy that asks for a password', text(407, 'who are you?')],
  ])('is an outage if AHI has answered before: %s', async (_, answer) => {
    let away = 30
    await using service = await scriptedService(good, (response, request) =>
      (away-- > 0 ? answer : good)(response, request),
    )
    await using client = testClient(service.endpoint, {}, instantClock())
    await client.getImageFrame(frame)
    const read = Array.from({ length: 8 }, async () => await client.getImageFrame(frame).catch(String))
    expect((await Promise.all(read)).map((one) => typeof one)).toEqual(Array(8).fill('object'))
  })

  test('is named in the error after the wait', async () => {
    await using service = await scriptedService(good, page)
    await using client = testClient(service.endpoint, { outageTimeoutMs: 1000 }, instantClock())
    await client.getImageFrame(frame)
    const failed = await Promise.all(Array.from({ length: 4 }, () => rejection(client.getImageFrame(frame))))
    expect(failed[0]).toMatchObject({ code: 'AHI_OUTAGE', retryable: true })
    expect(String(failed[0])).toContain('away for 1 s (a web page came instead of an answer of AHI (200))')
  })

  test('is an error after three attempts if AHI has never answered', async () => {
    await using service = await scriptedService(page)
    await using client = testClient(service.endpoint, {}, instantClock())
    expect(await rejection(client.getImageFrame(frame))).toMatchObject({ code: 'AHI_RESPONSE', retryable: false })
    expect(service.requests).toHaveLength(3)
  })

  test('for one request is not an outage if the others are answered', async () => {
    const blocked = { ...frame, imageFrameId: 'f'.repeat(32) }
    await using service = await scriptedService((response, request) =>
      (request.body.includes(blocked.imageFrameId) ? page : good)(response, request),
    )
    await using client = testClient(service.endpoint, { maxAttempts: 4 }, instantClock())
    await client.getImageFrame(frame)
    expect(await rejection(client.getImageFrame(blocked))).toMatchObject({ code: 'AHI_RESPONSE', retryable: false })
    await client.getImageFrame(frame)
  })
})

test('the probe of a killed thread does not block the other threads', async () => {
  const clock = eventClock()
  const memory = new SharedArrayBuffer(outageByteLength)
  const options = { clock, timeoutMs: 60_000, probeTimeoutMs: 30_000, memory }
  const [killed, living] = [createOutage(options), createOutage(options)]
  killed.answered(0)
  killed.failed(new ServiceFailure('AHI_UNAVAILABLE', 'refused', refused), { round: 0 })
  await clock.run(Promise.resolve(killed.admission(undefined)))
  const probe = await clock.run(Promise.resolve(living.admission(undefined)))
  expect(probe).toBeDefined()
  expect(clock.now()).toBeGreaterThan(30_000)
  expect(clock.now()).toBeLessThan(31_000)
})

const destination = { host: 'ahi.test', isProxied: false }

test.each(['EMFILE', 'ENFILE', 'ENOBUFS', 'EADDRNOTAVAIL'])('%s concerns this machine and is not an outage', (code) => {
  const outage = createOutage({ clock: instantClock(), timeoutMs: 60_000, probeTimeoutMs: 30_000 })
  outage.answered(0)
  const failure = failureOfSocket(Object.assign(new Error(code), { code, syscall: 'connect' }), destination)
  expect([1, 2, 3, 4, 5].map(() => outage.failed(failure, { round: 0 }))).not.toContain(true)
  const error = ahiErrorOf(failure, { operation: 'GetImageFrame', ...frame })
  expect(String(error)).toMatch(/cannot open another connection \(E\w+\); raise the limit of open files \(ulimit -n\)/)
})

test('a Retry-After of more than a minute is an outage', () => {
  const outage = createOutage({ clock: instantClock(), timeoutMs: 60_000, probeTimeoutMs: 30_000 })
  outage.answered(0)
  const failure = new ServiceFailure('AHI_UNAVAILABLE', '503', { ...unavailable, retryAfterMs: 3_600_000 })
  expect(outage.failed(failure, { round: 0 })).toBe(true)
})

describe('a client', () => {
  const body = new Uint8Array(10).fill(7)

  /** Answers once, then fails in the given way until it may answer again. */
  function leaving(away: Answer): { readonly answer: Answer; isAway: boolean } {
    const state = { isAway: false }
    const answer: Answer = (response, request) => (state.isAway ? away : bytes(body))(response, request)
    return Object.assign(state, { answer })
  }

  test.each<[string, Answer]>([
    ['resets', reset],
    ['503', awsError(503, 'ServiceUnavailable')],
  ])('reports an outage by %s once, and its end', async (_, away) => {
    const state = leaving(away)
    await using service = await scriptedService(state.answer)
    const told: ServiceOutage[] = []
    const options = { endpoint: service.endpoint, region: 'us-east-1', credentials }
    await using client = createAhiClient({ ...options, onOutage: (outage) => told.push(outage) })
    await client.getImageFrame(frame)
    state.isAway = true
    const before = new Date()
    const reads = Array.from({ length: 50 }, () => client.getImageFrame(frame))
    await expect.poll(() => told).toHaveLength(1)
    state.isAway = false
    const frames = await Promise.all(reads)
    expect(frames.map(({ data }) => data)).toEqual(reads.map(() => body))
    await expect.poll(() => told).toHaveLength(2)
    expect(told[0]).toMatchObject({ until: undefined, reason: expect.stringMatching(/ECONNRESET|503|broke/) })
    expect(told[0]?.since.getTime()).toBeGreaterThanOrEqual(before.getTime() - 1000)
    expect(told[1]).toMatchObject({ since: told[0]?.since, until: expect.any(Date) })
  })

  test('reports an outage that another thread with its access finds', async () => {
    const state = leaving(reset)
    await using service = await scriptedService(state.answer)
    const told: ServiceOutage[] = []
    await using client = testClient(service.endpoint, { onOutage: (outage) => told.push(outage) }, systemClock)
    const frames = await frameClientOf(client, {}, systemClock)
    await frames.getImageFrame(frame)
    state.isAway = true
    const reads = Array.from({ length: 4 }, () => frames.getImageFrame(frame))
    await expect.poll(() => told).toMatchObject([{ until: undefined, reason: expect.stringContaining('broke') }])
    state.isAway = false
    await client.getImageFrame(frame)
    await Promise.all(reads)
    await expect.poll(() => told).toHaveLength(2)
    await frames.close()
  })

  test('ends the wait when the signal aborts and when the client is closed', async () => {
    const state = leaving(reset)
    await using service = await scriptedService(state.answer)
    let waiting = 0
    const clock: Clock = {
      ...systemClock,
      // Only an abort ends a wait.
      wait: (_, signal) =>
        new Promise((_, reject) => {
          waiting += 1
          signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
        }),
    }
    const client = testClient(service.endpoint, {}, clock)
    await client.getImageFrame(frame)
    state.isAway = true
    const controller = new AbortController()
    const aborted = Array.from({ length: 4 }, () =>
      rejection(client.getImageFrame({ ...frame, signal: controller.signal })),
    )
    const closed = rejection(client.getImageSetMetadata(imageSet))
    await expect.poll(() => waiting).toBe(5)
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await Promise.all(aborted)).toEqual([reason, reason, reason, reason])
    await client.close()
    expect(await closed).toMatchObject({ code: 'AHI_UNAVAILABLE' })
  })

  test('fails with AHI_OUTAGE after outageTimeoutMs, and reads again once the service is back', async () => {
    const state = leaving(reset)
    await using service = await scriptedService(state.answer)
    const clock = instantClock()
    await using client = testClient(service.endpoint, { outageTimeoutMs: 20_000 }, clock)
    await client.getImageFrame(frame)
    state.isAway = true
    const errors = await Promise.all(Array.from({ length: 20 }, () => rejection(client.getImageFrame(frame))))
    const outages = errors.filter((error) => String(error).includes('has been away for 20 s'))
    expect(outages).toHaveLength(20)
    expect(outages[0]).toMatchObject({ name: 'AhiOutageError', code: 'AHI_OUTAGE', retryable: true, ...frame })
    state.isAway = false
    await clock.wait(5000)
    expect((await client.getImageFrame(frame)).data).toEqual(body)
  })
})
