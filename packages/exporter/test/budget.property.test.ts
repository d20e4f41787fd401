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
        let holders = 0
        const jobs = amounts.map(async (amount, index) => {
          const reservation = await budget.reserve(amount)
          granted.push(index)
          holders += 1
          expect(budget.reserved <= limit || holders === 1 || budget.reserved === amount).toBe(true)
          await scheduler.schedule(Promise.resolve())
          holders -= 1
          reservation.release()
        })
        await scheduler.waitFor(Promise.all(jobs))
        expect(granted).toEqual(amounts.map((_, index) => index))
        expect(budget.reserved).toBe(0)
      },
    ),
  )
})
