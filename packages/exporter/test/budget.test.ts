import { expect, test } from 'vitest'
import { createBudget } from '../src/budget.ts'

test('an amount above the limit waits until nothing is held, and passes alone', async () => {
  const budget = createBudget(10)
  const small = await budget.reserve(4)
  const large = budget.reserve(25)
  const next = budget.reserve(1)
  small.release()
  const held = await large
  expect(budget.reserved).toBe(25)
  held.release()
  await next
  expect(budget.reserved).toBe(1)
})

test('a large request is not overtaken by small ones that would fit', async () => {
  const budget = createBudget(10)
  const first = await budget.reserve(6)
  const order: string[] = []
  const large = budget.reserve(8).then((reservation) => (order.push('large'), reservation))
  const small = budget.reserve(1).then((reservation) => (order.push('small'), reservation))
  first.release()
  await Promise.all([large, small])
  expect(order).toEqual(['large', 'small'])
})

test('a reservation that is released twice is given back once', async () => {
  const budget = createBudget(10)
  await budget.reserve(3)
  const other = await budget.reserve(4)
  other.release()
  other.release()
  expect(budget.reserved).toBe(3)
})

test('a waiter whose signal aborts gets the reason and lets those behind it pass', async () => {
  const budget = createBudget(10)
  const held = await budget.reserve(8)
  const controller = new AbortController()
  const large = budget.reserve(9, { signal: controller.signal })
  const small = budget.reserve(2)
  const reason = new Error('enough')
  controller.abort(reason)
  await expect(large).rejects.toBe(reason)
  await small
  expect(budget.reserved).toBe(10)
  held.release()
  expect(budget.reserved).toBe(2)
  await expect(budget.reserve(1, { signal: controller.signal })).rejects.toBe(reason)
})
