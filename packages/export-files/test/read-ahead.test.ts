import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAhead } from '@ahi-dicom/export-files'

async function* numbers(count: number): AsyncGenerator<number> {
  for (let number = 0; number < count; number += 1) yield number
}

test('results come in order, and at most `ahead` loads run in advance', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(20), fc.nat(4), fc.scheduler(), async (count, ahead, scheduler) => {
      let started = 0
      let taken = 0
      const load = async (number: number): Promise<number> => {
        started += 1
        expect(started - taken).toBeLessThanOrEqual(ahead + 1)
        return scheduler.schedule(Promise.resolve(number))
      }
      const results: number[] = []
      const reading = (async () => {
        for await (const number of readAhead(numbers(count), ahead, load)) {
          results.push(number)
          taken += 1
        }
      })()
      await scheduler.waitFor(reading)
      expect(results).toEqual(Array.from({ length: count }, (_, index) => index))
    }),
  )
})

test('the error of a load is thrown at its position, after later loads have settled', async () => {
  const settled: number[] = []
  const load = async (number: number): Promise<number> => {
    await Promise.resolve()
    settled.push(number)
    if (number === 1) throw new Error('broken')
    return number
  }
  const results: number[] = []
  await expect(async () => {
    for await (const number of readAhead(numbers(9), 2, load)) results.push(number)
  }).rejects.toThrow('broken')
  expect(results).toEqual([0])
  expect(settled).toEqual([0, 1, 2, 3])
})

test('a consumer that stops ends the source', async () => {
  let isEnded = false
  async function* endless(): AsyncGenerator<number> {
    try {
      for (let number = 0; ; number += 1) yield number
    } finally {
      isEnded = true
    }
  }
  for await (const _ of readAhead(endless(), 1, async (number) => number)) break
  expect(isEnded).toBe(true)
})
