import { describe, expect, test } from 'vitest'

import { documentedQuotas, type Operation } from '@ahi-dicom/ahi-client'
import { type SecondOfFleet, simulatedFleet } from './simulated-fleet.ts'

const quotas = documentedQuotas
const many = Infinity

function sumOf(seconds: readonly SecondOfFleet[], count: (second: SecondOfFleet) => number): number {
  return seconds.reduce((sum, second) => sum + count(second), 0)
}

/** Returns the mean number of accepted requests per second, and the share of throttled requests. */
function outcomeOf(seconds: readonly SecondOfFleet[]): { readonly taken: number; readonly throttled: number } {
  const [taken, throttled] = [sumOf(seconds, (second) => second.taken), sumOf(seconds, (second) => second.throttled)]
  return { taken: taken / seconds.length, throttled: throttled / (taken + throttled) }
}

describe.each<Operation>(['GetImageFrame', 'GetImageSetMetadata', 'SearchImageSets'])('%s', (operation) => {
  const { rate, burst } = quotas[operation]

  test.each([1, 2, 4, 10, 50])('%d workers use the quota, and few requests are throttled', async (count) => {
    const fleet = simulatedFleet({ operation, quotas, wants: Array.from({ length: count }, () => many) })
    const outcome = outcomeOf((await fleet.pass(60)).slice(3))
    expect(outcome.taken).toBeGreaterThanOrEqual(rate * 0.95)
    expect(outcome.throttled).toBeLessThan(0.01)
    const shares = fleet.workers.map((worker) => worker.share())
    expect(Math.max(...shares)).toBeCloseTo((rate * 0.98) / count)
    expect(Math.min(...shares)).toBeCloseTo((rate * 0.98) / count)
  })

  test.each([0.9, 0.7, 0.5])(
    'if the service accepts only %d of the quota, workers use all of that and few requests are throttled',
    async (part) => {
      const real = { rate: rate * part, burst: burst * part }
      const fleet = simulatedFleet({ operation, quotas, real, wants: [many, many, many, many] })
      const outcome = outcomeOf((await fleet.pass(300)).slice(15))
      expect(outcome.taken).toBeGreaterThanOrEqual(real.rate * 0.95)
      expect(outcome.throttled).toBeLessThan(0.01)
    },
  )
})

const operation = 'GetImageFrame'

test('busy workers use what idle workers leave', async () => {
  const fleet = simulatedFleet({ operation, quotas, wants: [many, 0, 0, many, 0] })
  const seconds = (await fleet.pass(20)).slice(3)
  expect(outcomeOf(seconds).taken).toBeGreaterThan(960)
  for (const { byWorker } of seconds) expect(Math.abs((byWorker[0] ?? 0) - (byWorker[3] ?? 0))).toBeLessThan(20)
})

test('workers that need little get what they need, and the others share the rest', async () => {
  const fleet = simulatedFleet({ operation, quotas, wants: [many, 200, 50, many] })
  const last = (await fleet.pass(60)).slice(10)
  const means = [0, 1, 2, 3].map((worker) => sumOf(last, ({ byWorker }) => byWorker[worker] ?? 0) / last.length)
  expect(means[1]).toBeGreaterThan(195)
  expect(means[2]).toBeGreaterThan(48)
  expect(sumOf(last, ({ taken }) => taken) / last.length).toBeGreaterThan(950)
  expect(Math.min(means[0] ?? 0, means[3] ?? 0)).toBeGreaterThan(330)
})

test('a worker whose requests start to wait has its share two ticks later', async () => {
  const fleet = simulatedFleet({ operation, quotas, wants: [many, many, 0] })
  await fleet.pass(10)
  const idle = fleet.workers[2]
  if (idle === undefined) throw new Error('Expected three workers')
  expect(idle.share()).toBeLessThan(10)
  idle.wants = many
  // The first tick may come at once, before the requests have waited for long.
  await fleet.pass(1)
  expect(idle.share()).toBeCloseTo(980 / 3)
  const [second] = await fleet.pass(1)
  expect(second?.byWorker[2]).toBeGreaterThan(300)
  expect(second?.throttled).toBe(0)
})

test('a new worker gets a small share at once, and its full share soon', async () => {
  const fleet = simulatedFleet({ operation, quotas, wants: [many] })
  await fleet.pass(5)
  const newcomer = fleet.add(many)
  expect(newcomer.share()).toBeGreaterThan(1)
  expect(newcomer.share()).toBeLessThan(10)
  await fleet.pass(2)
  expect(newcomer.share()).toBeCloseTo(490)
})

test('the other workers take over the share of a dead worker', async () => {
  const fleet = simulatedFleet({ operation, quotas, wants: [many, many, many, many] })
  await fleet.pass(5)
  const [dead, ...others] = fleet.workers
  if (dead !== undefined) dead.isDead = true
  await fleet.pass(1)
  expect(others.map((worker) => worker.share())).toEqual([245, 245, 245])
  await fleet.pass(2)
  for (const worker of others) expect(worker.share()).toBeCloseTo(980 / 3)
})

test('throttles that do not depend on the rate do not slow the fleet for long', async () => {
  const fleet = simulatedFleet({ operation, quotas, wants: [many, many, many, many], noise: 0.05 })
  const { taken } = outcomeOf((await fleet.pass(120)).slice(20))
  expect(taken).toBeGreaterThan(980 * 0.94)
})

test('the full quota is used again after the service accepted less for a while', async () => {
  const fleet = simulatedFleet({ operation, quotas, wants: [many, many] })
  await fleet.pass(10)
  fleet.real = { rate: 300, burst: 600 }
  await fleet.pass(60)
  fleet.real = quotas[operation]
  await fleet.pass(240)
  expect(outcomeOf(await fleet.pass(30)).taken).toBeGreaterThan(950)
})

test('without the store each worker keeps its share, but at most an equal part', async () => {
  const fleet = simulatedFleet({ operation, quotas, wants: [many, 0, many, 100] })
  await fleet.pass(10)
  fleet.store.isAway = true
  const alone = await fleet.pass(10)
  for (const worker of fleet.workers) expect(worker.share()).toBeLessThanOrEqual(250)
  expect(fleet.workers[0]?.share()).toBe(250)
  expect(sumOf(alone, ({ throttled }) => throttled)).toBe(0)
  fleet.store.isAway = false
  await fleet.pass(2)
  expect(fleet.workers[0]?.share()).toBeGreaterThan(400)
})

test('the workers together store a new rate about once a second', async () => {
  const fleet = simulatedFleet({ operation, quotas, wants: Array.from({ length: 20 }, () => many) })
  await fleet.pass(30)
  expect(fleet.store.exchanges).toBeLessThanOrEqual(31)
})

test('the simulation is deterministic', async () => {
  const options = { operation, quotas, wants: [many, 300, 20], noise: 0.03 } as const
  expect(await simulatedFleet(options).pass(20)).toEqual(await simulatedFleet(options).pass(20))
})
