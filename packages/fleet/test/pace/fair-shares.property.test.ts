import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { fairShares, type Need } from '../../src/pace/fair-shares.ts'

const rate = fc.double({ min: 0.01, max: 100_000, noNaN: true })
const waits = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(1))
const need: fc.Arbitrary<Need> = fc.record({ used: fc.double({ min: 0, max: 2000, noNaN: true }), waits })
const needs = fc.array(need, { minLength: 1, maxLength: 60 })

const isBusy = ({ waits }: Need): boolean => waits >= 0.8

function sum(shares: readonly number[]): number {
  return shares.reduce((total, share) => total + share, 0)
}

test('shares sum to 98 % of the rate, and each worker has one', () => {
  fc.assert(
    fc.property(rate, needs, (rate, needs) => {
      const shares = fairShares(rate, needs)
      expect(shares).toHaveLength(needs.length)
      expect(sum(shares)).toBeLessThanOrEqual(rate * 0.98 * (1 + 1e-9))
      expect(sum(shares)).toBeGreaterThanOrEqual(rate * 0.98 * (1 - 1e-9))
      expect(Math.min(...shares)).toBeGreaterThan(0)
    }),
  )
})

test('no worker gets clearly more than it uses while another is busy', () => {
  fc.assert(
    fc.property(rate, needs, (rate, needs) => {
      fc.pre(needs.some(isBusy))
      for (const [index, share] of fairShares(rate, needs).entries()) {
        const { used = 0, waits = 0 } = needs[index] ?? {}
        if (waits >= 0.8) continue
        expect(share).toBeLessThanOrEqual(
          Math.max(used * (1.03 + 2 * waits), (rate * 0.01) / needs.length) * (1 + 1e-9),
        )
      }
    }),
  )
})

test('busy workers get equal shares, and no other worker gets more', () => {
  fc.assert(
    fc.property(rate, needs, (rate, needs) => {
      const shares = fairShares(rate, needs)
      const ofBusy = shares.filter((_, index) => needs.some((need, place) => place === index && isBusy(need)))
      fc.pre(ofBusy.length > 0)
      const least = Math.min(...ofBusy)
      expect(Math.max(...shares)).toBeLessThanOrEqual(least * (1 + 1e-9))
    }),
  )
})

test('the order of the workers does not matter', () => {
  fc.assert(
    fc.property(rate, needs, (rate, needs) => {
      const turned = fairShares(rate, needs.toReversed()).toReversed()
      for (const [index, share] of fairShares(rate, needs).entries()) expect(turned[index]).toBeCloseTo(share, 6)
    }),
  )
})

test.each<[string, Need[], number[]]>([
  ['one busy worker', [{ used: 0, waits: 1 }], [980]],
  ['four busy workers', Array.from({ length: 4 }, () => ({ used: 100, waits: 1 })), [245, 245, 245, 245]],
  [
    'a busy worker and an idle one',
    [
      { used: 0, waits: 1 },
      { used: 0, waits: 0 },
    ],
    [975.1, 4.9],
  ],
  [
    'two idle workers',
    [
      { used: 0, waits: 0 },
      { used: 0, waits: 0 },
    ],
    [490, 490],
  ],
  [
    'a busy worker and one that needs little',
    [
      { used: 900, waits: 1 },
      { used: 100, waits: 0 },
    ],
    [877, 103],
  ],
])('%s', (_, needs, shares) => {
  for (const [index, share] of fairShares(1000, needs).entries()) expect(share).toBeCloseTo(shares[index] ?? 0)
})
