import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createBudget } from '../src/budget.ts'

test('whatever is asked for in whatever order is granted, in turn, and never above the limit but alone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 80 }), { maxLength: 40 }),
      fc.scheduler(),
      async (limit, amounts, scheduler) => {
        const budget = createBudget(limit)
        const granted: number[] = []
        const isOneAlone = (reserved: number): boolean => reserved > limit && amounts.includes(reserved)
        const jobs = amounts.map(async (amount, index) => {
          const reservation = await budget.reserve(amount)
          granted.push(index)
          expect(budget.reserved <= limit || isOneAlone(budget.reserved)).toBe(true)
          await scheduler.schedule(Promise.resolve())
          reservation.release()
        })
        await scheduler.waitFor(Promise.all(jobs))
        expect(granted).toEqual(amounts.map((_, index) => index))
        expect(budget.reserved).toBe(0)
      },
    ),
  )
})
