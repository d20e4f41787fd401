import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { type AccountRate, judged, rateOf } from '../../src/pace/account-rate.ts'
import { formatAccountRates, parseAccountRates } from '../../src/pace/pace-text.ts'

const quota = 1000

/** A period with requests, some of them throttled. */
const passage = fc.record({
  ms: fc.integer({ min: 0, max: 3000 }),
  requests: fc.integer({ min: 0, max: 3000 }),
  share: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })),
  isWaitedFor: fc.boolean(),
})
type Passage = typeof passage extends fc.Arbitrary<infer T> ? T : never

/** Returns the state and the rate after each period. */
function momentsOf(
  passages: readonly Passage[],
): { readonly now: number; readonly state: AccountRate; readonly rate: number }[] {
  let state: AccountRate | undefined
  let now = 1_000_000
  let [requests, throttled] = [0, 0]
  return passages.map((passage) => {
    now += passage.ms
    requests += passage.requests
    throttled += Math.floor(passage.requests * passage.share)
    state = judged(state, { now, requests, throttled, isWaitedFor: passage.isWaitedFor }, quota)
    return { now, state, rate: rateOf(state, quota) }
  })
}

const passages = fc.array(passage, { minLength: 1, maxLength: 80 })

test('the rate stays between a thousandth of the quota and the quota', () => {
  fc.assert(
    fc.property(passages, (passages) => {
      for (const { rate } of momentsOf(passages)) {
        expect(rate).toBeLessThanOrEqual(quota)
        expect(rate).toBeGreaterThanOrEqual(1)
      }
    }),
  )
})

test('the rate is lowered at most once a second, by a tenth at least and half at most', () => {
  fc.assert(
    fc.property(passages, (passages) => {
      const moments = momentsOf(passages)
      const cuts = moments.flatMap(({ now, rate }, index) => {
        const before = moments[index - 1]?.rate ?? quota
        return rate < before ? [{ now, rate, part: rate / before }] : []
      })
      for (const [index, { now, rate, part }] of cuts.entries()) {
        expect(now - (cuts[index - 1]?.now ?? 0)).toBeGreaterThanOrEqual(1000)
        expect(part).toBeGreaterThanOrEqual(0.5 - 1e-9)
        expect(part < 0.9 + 1e-9 || rate === 1).toBe(true)
      }
    }),
  )
})

test('a lowered rate grows back to the quota when throttling ends', () => {
  fc.assert(
    fc.property(passages, (passages) => {
      const quiet = Array.from({ length: 1500 }, () => ({ ms: 1000, requests: 200, share: 0, isWaitedFor: true }))
      expect(momentsOf([...passages, ...quiet]).at(-1)?.rate).toBe(quota)
    }),
    { numRuns: 30 },
  )
})

test('the state is unchanged after writing and reading it', () => {
  fc.assert(
    fc.property(passages, (passages) => {
      for (const { state } of momentsOf(passages)) {
        expect(parseAccountRates(formatAccountRates({ GetImageFrame: state }))).toEqual({ GetImageFrame: state })
      }
    }),
  )
})

test('counts that were reset do not lower the rate', () => {
  const observation = { now: 5000, requests: 90_000, throttled: 0, isWaitedFor: true }
  const state = judged(undefined, observation, quota)
  const anew = judged(state, { now: 9000, requests: 10, throttled: 10, isWaitedFor: true }, quota)
  expect(rateOf(anew, quota)).toBe(quota)
  expect(anew.counts).toEqual({ requests: 10, throttled: 10 })
})
