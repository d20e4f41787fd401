import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import type { AhiErrorCode } from '../src/errors/errors.ts'
import { createConflicts } from '../src/timing/conflicts.ts'
import { createOutage } from '../src/timing/outage.ts'
import { testConnections, testCounter, testQuota } from './recording-transport.ts'
import { createPace } from '../src/timing/pace.ts'
import { createRetries } from '../src/timing/retry.ts'
import { ServiceFailure } from '../src/errors/service-failure.ts'
import { instantClock, rejection } from './fixtures.ts'

const code = fc.constantFrom<AhiErrorCode>('AHI_THROTTLED', 'AHI_UNAVAILABLE', 'AHI_RESPONSE', 'AHI_CONFLICT')
const failure = fc.record({
  code,
  retryable: fc.integer({ min: 0, max: 9 }).map((digit) => digit > 0),
  retryAfterMs: fc.option(fc.integer({ min: 0, max: 90_000 }), { nil: undefined, freq: 4 }),
  unreachable: fc.constant(false),
})
type Failure = typeof failure extends fc.Arbitrary<infer T> ? T : never

interface Outcome {
  readonly attempts: readonly { readonly at: number; readonly failure: Failure | undefined }[]
  readonly error: unknown
}

/** Returns an attempt that fails as scripted and then succeeds. */
async function attemptsOf(script: readonly Failure[], maxAttempts: number, random: number): Promise<Outcome> {
  const clock = instantClock(() => random)
  const attempts: { at: number; failure: Failure | undefined }[] = []
  const attempt = async (): Promise<'done'> => {
    const failure = script[attempts.length]
    attempts.push({ at: clock.now(), failure })
    if (failure === undefined) return 'done'
    throw new ServiceFailure(failure.code, 'scripted', failure)
  }
  const limits = { maxAttempts }
  const conflicts = createConflicts({ clock, timeoutMs: 60_000 })
  const outage = createOutage({ clock, timeoutMs: 60_000, probeTimeoutMs: 30_000 })
  const parts = {
    outage: () => outage,
    counter: testCounter(),
    pace: createPace({ clock, quota: testQuota }),
    connections: testConnections(1),
  }
  const context = { clock, limits, conflicts, ...parts, signal: undefined }
  const result = await createRetries(context)
    .run(attempt)
    .then(
      () => undefined,
      (error: unknown) => error,
    )
  return { attempts, error: result }
}

const scripts = [
  fc.array(failure, { maxLength: 40 }),
  fc.integer({ min: 1, max: 10 }),
  fc.double({ min: 0, max: 0.999, noNaN: true }),
] as const

test('attempts and waits stay within their limits for any failures', async () => {
  await fc.assert(
    fc.asyncProperty(...scripts, async (script, maxAttempts, random) => {
      const { attempts } = await attemptsOf(script, maxAttempts, random)
      const counted = attempts.filter(({ failure }) => failure?.code !== 'AHI_CONFLICT')
      expect(counted.length).toBeLessThanOrEqual(maxAttempts)
      const conflicts = attempts.filter(({ failure }) => failure?.code === 'AHI_CONFLICT')
      // The first conflict starts the time. No attempt for a conflict is made after it, except for what happens in
      // between.
      expect(conflicts.length).toBeLessThanOrEqual(1 + 60_000 / 250)
      attempts.slice(1).forEach(({ at }, index) => {
        const before = attempts[index]
        const waited = at - (before?.at ?? 0)
        const asked = before?.failure?.retryAfterMs ?? 0
        expect(waited).toBeGreaterThan(asked - 0.001) // sums of doubles
        expect(asked).toBeLessThanOrEqual(60_000)
        // Back-off of at most 20 s, the requested pause, and a turn at the lowest rate of one in two seconds.
        expect(waited).toBeLessThanOrEqual(asked + 20_000 + 60_000)
      })
    }),
  )
})

test('run succeeds if an attempt succeeds, and otherwise throws the last failure', async () => {
  await fc.assert(
    fc.asyncProperty(...scripts, async (script, maxAttempts, random) => {
      const { attempts, error } = await attemptsOf(script, maxAttempts, random)
      const last = attempts.at(-1)?.failure
      const expected = last === undefined ? undefined : new ServiceFailure(last.code, 'scripted', last)
      expect(error).toEqual(expected)
    }),
  )
})

test('failures that are not retryable are not repeated', async () => {
  await fc.assert(
    fc.asyncProperty(...scripts, async (script, maxAttempts, random) => {
      const { attempts } = await attemptsOf(script, maxAttempts, random)
      expect(attempts.slice(0, -1).every(({ failure }) => failure?.retryable)).toBe(true)
    }),
  )
})

test('an error that is not a failure of the service is thrown at once', async () => {
  const clock = instantClock()
  const limits = { maxAttempts: 8 }
  const conflicts = createConflicts({ clock, timeoutMs: 60_000 })
  const outage = createOutage({ clock, timeoutMs: 60_000, probeTimeoutMs: 30_000 })
  const parts = {
    outage: () => outage,
    counter: testCounter(),
    pace: createPace({ clock, quota: testQuota }),
    connections: testConnections(1),
  }
  const context = { clock, limits, conflicts, ...parts, signal: undefined }
  const bug = new TypeError('a bug')
  expect(await rejection(createRetries(context).run(() => Promise.reject(bug)))).toBe(bug)
  expect(clock.waits).toEqual([])
})
