import { array, assert, integer, property, record } from 'fast-check'
import { expect, test } from 'vitest'
import { createQuotaGate } from '../src/access/quotas.ts'

test('never admits more requests than burst and rate allow', () => {
  assert(
    property(
      record({ rate: integer({ min: 1, max: 50 }), burst: integer({ min: 1, max: 20 }) }),
      array(integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 200 }),
      (quota, pauses) => {
        let time = 0
        const gate = createQuotaGate({ GetImageSet: quota }, () => time)
        let admitted = 0
        for (const pause of pauses) {
          time += pause
          if (isAdmitted(gate)) admitted += 1
        }
        expect(admitted).toBeLessThanOrEqual(quota.burst + (time / 1000) * quota.rate + 1e-6)
      },
    ),
  )
})

test('admits requests again at its rate', () => {
  let time = 0
  const gate = createQuotaGate({ GetImageSet: { rate: 2, burst: 1 } }, () => time)
  const admittedAt = [0, 100, 499, 500, 900, 1000].map((now) => {
    time = now
    return isAdmitted(gate)
  })
  expect(admittedAt).toEqual([true, false, false, true, false, true])
})

function isAdmitted(gate: ReturnType<typeof createQuotaGate>): boolean {
  try {
    gate.admit('GetImageSet')
    return true
  } catch {
    return false
  }
}
