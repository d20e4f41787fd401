import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { createPace, type Pace, paceByteLength } from '../src/timing/pace.ts'
import { createRateControl, type RateControl, rateControlByteLength } from '../src/timing/rate-control.ts'
import { eventClock } from './event-clock.ts'

const quota = { rate: 100, burst: 200 }

/** A limit and its duration. */
interface Step {
  readonly limit: number
  readonly ms: number
}

const limit = fc.double({ min: 0.2, max: 98, noNaN: true })
const steps = fc.array(fc.record({ limit, ms: fc.integer({ min: 50, max: 8000 }) }), { minLength: 1, maxLength: 12 })

/** Returns the start times of requests from many callers in two threads while the limits change. */
async function startsUnder(limits: readonly Step[]): Promise<number[]> {
  const clock = eventClock()
  const memory = new SharedArrayBuffer(paceByteLength)
  const [one, other] = [createPace({ clock, quota, memory }), createPace({ clock, quota, memory })]
  const starts: number[] = []
  const end = limits.reduce((sum, { ms }) => sum + ms, 0)
  const caller = async (pace: Pace): Promise<void> => {
    while (clock.now() < end) {
      await pace.turn(undefined)
      starts.push(clock.now())
      await clock.wait(20)
    }
  }
  const setLimits = async (): Promise<void> => {
    for (const { limit, ms } of limits) {
      one.limit(limit)
      await clock.wait(ms)
    }
    one.limit(100)
  }
  const setting = setLimits()
  await clock.run(Promise.all([setting, ...[one, other, one, other, one, other].map(caller)]))
  return starts
}

test('a limit holds at once and in all threads, lowered or raised', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (limits) => {
      const starts = await startsUnder(limits)
      let from = 0
      for (const { limit, ms } of limits) {
        const count = starts.filter((at) => at >= from && at < from + ms).length
        // Late starts within 0.1 s may be made up for, and each thread may have taken a turn before.
        expect(count).toBeLessThanOrEqual(limit * (ms / 1000 + 0.1) + 3)
        // A waiting request checks every 0.25 s whether the limit has risen.
        expect(count).toBeGreaterThanOrEqual(Math.floor(limit * (ms / 1000 - 0.25)) - 1)
        from += ms
      }
    }),
    { numRuns: 60 },
  )
})

function testControl(rate: number): RateControl {
  const memory = new SharedArrayBuffer(rateControlByteLength)
  return createRateControl({ rate, maxRate: undefined, memory, byteOffset: 0 })
}

/** Plays one second of requests at the rate of `control`, with a share of throttles. Returns its end. */
function second(control: RateControl, start: number, throttled: number): number {
  const count = Math.max(1, Math.round(control.rate()))
  for (let index = 1; index <= count; index += 1) {
    const now = start + Math.round((index * 1e6) / count)
    control.starts(now)
    control.waits()
    control.note(now - 1, now, { isThrottled: Math.floor(index * throttled) > Math.floor((index - 1) * throttled) })
  }
  return start + 1e6
}

const seconds = fc.array(
  fc.record({
    limit: fc.double({ min: 1, max: 100, noNaN: true }),
    throttled: fc.constantFrom(0, 0, 0.05, 0.3, 0.9, 1),
  }),
  { minLength: 1, maxLength: 40 },
)

test('answers under a limit do not change the own rate', () => {
  fc.assert(
    fc.property(seconds, (under) => {
      const control = testControl(100)
      let now = 1e6
      for (const { limit, throttled } of under) {
        control.limit(limit)
        expect(control.rate()).toBeLessThanOrEqual(Math.round(limit * 1000) / 1000)
        now = second(control, now, throttled)
      }
      control.limit(undefined)
      expect(control.rate()).toBe(100)
      expect(control.isLimited()).toBe(false)
      // Growth afterwards is not delayed as it is after a throttle that growth has caused.
      for (let count = 0; count < 3; count += 1) now = second(control, now, 0)
      expect(control.rate()).toBeGreaterThan(100)
    }),
  )
})

test('the rate falls below a limit that the service throttles, and soon reaches it again', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 20, max: 100 }),
      fc.double({ min: 0.3, max: 0.9, noNaN: true }),
      (limit, throttled) => {
        const control = testControl(100)
        control.limit(limit)
        let now = 1e6
        for (let count = 0; count < 3; count += 1) now = second(control, now, throttled)
        expect(control.rate()).toBeLessThan(limit)
        for (let count = 0; count < 30 && control.rate() < limit; count += 1) now = second(control, now, 0)
        expect(control.rate()).toBe(limit)
      },
    ),
  )
})

test('the rate does not grow above a limit, and continues to grow after it', () => {
  const control = testControl(100)
  control.limit(120)
  let now = 1e6
  for (let count = 0; count < 30; count += 1) now = second(control, now, 0)
  expect(control.rate()).toBe(120)
  control.limit(undefined)
  for (let count = 0; count < 5; count += 1) now = second(control, now, 0)
  expect(control.rate()).toBeGreaterThan(125)
})

test('a higher limit does not shorten the pause that the service asked for', async () => {
  const clock = eventClock()
  const pace = createPace({ clock, quota })
  pace.limit(0.1)
  pace.pause(5000)
  pace.limit(50)
  await clock.run(Promise.resolve(pace.turn(undefined)))
  expect(clock.now()).toBeGreaterThanOrEqual(5000)
})
