import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import { createLimiter } from '@ahi-dicom/ahi-client'

test('grants amounts in the order of the calls, and exceeds the limit only for one amount alone', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 50 }),
      fc.array(fc.integer({ min: 0, max: 80 }), { maxLength: 40 }),
      fc.scheduler(),
      async (limit, amounts, scheduler) => {
        const limiter = createLimiter(limit)
        const granted: number[] = []
        const isOneAlone = (reserved: number): boolean => reserved > limit && amounts.includes(reserved)
        const jobs = amounts.map(async (amount, index) => {
          const reservation = await limiter.reserve(amount)
          granted.push(index)
          expect(limiter.reserved <= limit || isOneAlone(limiter.reserved)).toBe(true)
          await scheduler.schedule(Promise.resolve())
          reservation.release()
        })
        await scheduler.waitFor(Promise.all(jobs))
        expect(granted).toEqual(amounts.map((_, index) => index))
        expect(limiter.reserved).toBe(0)
      },
    ),
  )
})

test('an amount above the limit waits until nothing is reserved, and then passes alone', async () => {
  const limiter = createLimiter(10)
  const small = await limiter.reserve(4)
  const large = limiter.reserve(25)
  const next = limiter.reserve(1)
  small.release()
  const held = await large
  expect(limiter.reserved).toBe(25)
  held.release()
  await next
  expect(limiter.reserved).toBe(1)
})

test('a large amount is not overtaken by small ones that would fit', async () => {
  const limiter = createLimiter(10)
  const first = await limiter.reserve(6)
  const order: string[] = []
  const large = limiter.reserve(8).then(() => order.push('large'))
  const small = limiter.reserve(1).then(() => order.push('small'))
  first.release()
  await Promise.all([large, small])
  expect(order).toEqual(['large', 'small'])
})

test('a second release of a reservation does nothing', async () => {
  const limiter = createLimiter(10)
  await limiter.reserve(3)
  const other = await limiter.reserve(4)
  other.release()
  other.release()
  expect(limiter.reserved).toBe(3)
})

test('a waiter rejects if its signal aborts, and those after it pass', async () => {
  const limiter = createLimiter(10)
  const held = await limiter.reserve(8)
  const controller = new AbortController()
  const large = limiter.reserve(9, { signal: controller.signal })
  const small = limiter.reserve(2)
  const reason = new Error('enough')
  controller.abort(reason)
  await expect(large).rejects.toBe(reason)
  await small
  expect(limiter.reserved).toBe(10)
  held.release()
  expect(limiter.reserved).toBe(2)
  await expect(limiter.reserve(1, { signal: controller.signal })).rejects.toBe(reason)
})
