import { expect, test } from 'vitest'

import { createConnections } from '../src/timing/connections.ts'
import { createLimiter } from '../src/timing/limiter.ts'
import { eventClock } from './event-clock.ts'

interface Network {
  readonly latencyMs: number
  /** Requests that the network carries at a time. Default: any number. */
  readonly lanes?: number
}

/**
 * Returns the requests per second of 1000 callers in the last half of 20 s, and the number of connections at the end.
 */
async function run(
  { latencyMs, lanes = Infinity }: Network,
  isPaced = false,
): Promise<{ rate: number; limit: number }> {
  const clock = eventClock()
  const connections = createConnections({ clock, first: 64, most: 128 })
  const network = createLimiter(lanes)
  let done = 0
  const caller = async (): Promise<void> => {
    while (clock.now() < 20_000) {
      const connection = await connections.reserve(1)
      if (isPaced) connections.paced()
      const lane = await network.reserve(1)
      await clock.wait(latencyMs * (0.8 + clock.random() * 0.4))
      lane.release()
      connection.release()
      if (clock.now() > 10_000) done += 1
    }
  }
  await clock.run(Promise.all(Array.from({ length: 1000 }, caller)))
  return { rate: done / 10, limit: connections.limit }
}

test('connections grow if latency limits the requests', async () => {
  const { rate, limit } = await run({ latencyMs: 80 })
  expect(limit).toBeGreaterThanOrEqual(100)
  expect(rate).toBeGreaterThan(1000)
})

test('connections do not grow if the network or the machine is busy', async () => {
  expect((await run({ latencyMs: 40, lanes: 32 })).limit).toBeLessThanOrEqual(80)
})

test('connections do not grow while requests wait for their turn', async () => {
  expect((await run({ latencyMs: 80 }, true)).limit).toBe(64)
})

test('a given number of connections does not change', async () => {
  const clock = eventClock()
  const connections = createConnections({ clock, first: 3, most: 3 })
  await Promise.all([1, 2, 3].map(() => connections.reserve(1)))
  const fourth = connections.reserve(1)
  expect(await Promise.race([fourth, Promise.resolve('waits')])).toBe('waits')
})
