import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { operations } from '@ahi-dicom/ahi-client/quotas'
import { formatNeeds, parseAccountRates, parseNeeds } from '../../src/pace/pace-text.ts'

const amount = fc.integer({ min: 0, max: 1_000_000 }).map((thousandths) => thousandths / 1000)
const need = fc.record({ used: amount, waits: amount.map((value) => value / 1000) })
const rounded = (value: number): number => Math.round(value * 1000) / 1000

test('needs are parsed back', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...operations), need), (needs) => {
      const read = parseNeeds(formatNeeds(needs))
      const expected = Object.entries(needs).map(([name, { used, waits }]) => [name, { used, waits: rounded(waits) }])
      expect(read).toEqual(Object.fromEntries(expected))
    }),
  )
})

test('any other text is parsed without an error, and yields only valid numbers', () => {
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.json().map((json) => `{"GetImageFrame":${json}}`),
  )
  fc.assert(
    fc.property(texts, (text) => {
      for (const need of Object.values(parseNeeds(text) ?? {})) {
        expect(Number.isFinite(need.used) && need.waits >= 0 && need.waits <= 1).toBe(true)
      }
      for (const state of Object.values(parseAccountRates(text))) expect(Number.isFinite(state.since)).toBe(true)
    }),
  )
})

test.each(['', 'null', '[]', '{"GetImageFrame":[1]}', '{"GetImageFrame":[-1,0]}', '{"GetImageFrame":[1,2]}'])(
  '%j yields no needs',
  (text) => {
    expect(Object.keys(parseNeeds(text) ?? {})).toEqual([])
  },
)
