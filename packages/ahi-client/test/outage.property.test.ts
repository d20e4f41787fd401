import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { ServiceFailure, type ServiceFailureOptions } from '../src/errors/service-failure.ts'
import { createConflicts } from '../src/timing/conflicts.ts'
import { createOutage } from '../src/timing/outage.ts'
import { createPace } from '../src/timing/pace.ts'
import { createRetries, type RetryContext } from '../src/timing/retry.ts'
import { eventClock } from './event-clock.ts'
import { testConnections, testCounter, testQuota } from './recording-transport.ts'

const timeoutMs = 60_000
const answerMs = 20

/** Failures that affect all requests. */
const failure = fc.constantFrom<ServiceFailureOptions>(
  { retryable: true, unreachable: true },
  { retryable: true },
  { retryable: true, statusCode: 503 },
  { retryable: true, statusCode: 502 },
)

/** Five outages together are shorter than requests may wait. A probe can miss the time between two of them. */
const outage = fc.record({
  /** Time since the end of the previous outage. */
  afterMs: fc.integer({ min: 1, max: 3000 }),
  lengthMs: fc.integer({ min: 1, max: 8500 }),
  failure,
})
type Outage = typeof outage extends fc.Arbitrary<infer T> ? T : never

interface Absence {
  readonly from: number
  readonly to: number
  readonly failure: ServiceFailureOptions
}

function absencesOf(outages: readonly Outage[]): Absence[] {
  let end = 0
  return outages.map(({ afterMs, lengthMs, failure }) => {
    const from = end + afterMs
    end = from + lengthMs
    return { from, to: end, failure }
  })
}

test('all requests of 4 to 64 callers in several threads succeed through any outages, and their number is bounded', async () => {
  const runs = [
    fc.array(outage, { maxLength: 5 }),
    fc.integer({ min: 4, max: 64 }),
    fc.integer({ min: 1, max: 4 }),
  ] as const
  await fc.assert(
    fc.asyncProperty(...runs, async (outages, callers, threads) => {
      const clock = eventClock()
      const absences = absencesOf(outages)
      const memory = new SharedArrayBuffer(1024)
      const contexts = Array.from({ length: threads }, (): RetryContext => {
        const shared = createOutage({ clock, timeoutMs, probeTimeoutMs: 30_000, memory })
        const parts = {
          outage: () => shared,
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
      })
      const absent = (): Absence | undefined => absences.find(({ from, to }) => clock.now() >= from && clock.now() < to)
      let refused = 0
      const answer = async (): Promise<void> => {
        const before = absent()
        await clock.wait(answerMs)
        const during = before ?? absent()
        if (during === undefined) return
        refused += 1
        throw new ServiceFailure('AHI_UNAVAILABLE', 'away', during.failure)
      }
      const failed: unknown[] = []
      // The first answer comes before any outage, because a service that never answered is not waited for.
      await clock.run(createRetries(contexts[0] ?? failing()).run(() => Promise.resolve()))
      let left = 300
      const caller = async (_: unknown, index: number): Promise<void> => {
        const context = contexts[index % threads] ?? failing()
        while (left-- > 0)
          await createRetries(context)
            .run(answer)
            .catch((error: unknown) => failed.push(error))
      }
      await clock.run(Promise.all(Array.from({ length: callers }, caller)))
      expect(failed).toEqual([])
      // Each outage costs the requests in progress, as many that start at the same moment, and the probes: 6 in 5 s,
      // then one in 2.5 s.
      const bound = absences.reduce((sum, { from, to }) => sum + 2 * callers + 12 + (to - from) / 2500, 0)
      expect(refused).toBeLessThanOrEqual(bound)
    }),
    { numRuns: 60 },
  )
})

function failing(): never {
  throw new Error('there is no context')
}
