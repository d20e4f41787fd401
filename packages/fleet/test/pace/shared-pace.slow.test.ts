import * as fc from 'fast-check'
import { describe, expect, onTestFinished, test, vi } from 'vitest'

import type { MaxRates } from '@ahi-dicom/ahi-client'
import { operations } from '@ahi-dicom/ahi-client/quotas'
import type { PacedClient } from '../../src/pace/paced-worker.ts'
import { createRedisStore } from '../../src/pace/redis-store.ts'
import { createSharedPace, type SharedPace, type SharedPaceOptions } from '../../src/pace/shared-pace.ts'
import { hasRedis, type RedisServer, startRedis } from '../redis-server.ts'
import { memoryStore } from './simulated-fleet.ts'

/** A client whose frame requests always wait for their turn. */
interface BusyClient extends PacedClient {
  /** Throttled requests per reading of the counts. Each reading has 100 requests. */
  throttled: number
  /** The limits that the pace has set. */
  limits: MaxRates
}

function busyClient(): BusyClient {
  const counts = { requests: 0, repeated: 0, throttled: 0, secondsWaited: 0, bytes: 0 }
  const client: BusyClient = {
    throttled: 0,
    limits: {},
    limitRates: (rates) => void (client.limits = rates),
    requestCounts: () => {
      counts.requests += 100
      counts.throttled += client.throttled
      return { GetImageFrame: { ...counts } }
    },
    secondsPaced: () => ({ GetImageFrame: performance.now() / 1000 }),
  }
  return client
}

interface Worker {
  readonly client: BusyClient
  readonly pace: SharedPace
  readonly failures: unknown[]
}

const prefix = '{a}b'
const key = '{a}b:fleet:pace'

function startWorkers(redis: RedisServer, count: number, options: Partial<SharedPaceOptions> = {}): Worker[] {
  return Array.from({ length: count }, (_, index) => {
    const client = busyClient()
    const failures: unknown[] = []
    const onFailure = (error: unknown): void => void failures.push(error)
    const pace = createSharedPace({ redis: redis.client, prefix, name: `w${index}`, client, onFailure, ...options })
    onTestFinished(async () => pace.close())
    return { client, pace, failures }
  })
}

/** Waits until all workers have this share. */
async function untilShared(workers: readonly Worker[], share: number): Promise<void> {
  await vi.waitFor(
    () => {
      for (const { client } of workers) expect(client.limits.GetImageFrame).toBeCloseTo(share, 3)
    },
    { timeout: 30_000 },
  )
}

function failuresOf(workers: readonly Worker[]): number[] {
  return workers.map(({ failures }) => failures.length)
}

describe.skipIf(!hasRedis)('with Redis', () => {
  test('workers share the quotas, and take over the share of a worker that leaves', async () => {
    await using redis = await startRedis()
    const workers = startWorkers(redis, 4)
    await untilShared(workers, 245)
    const [leaving, ...others] = workers
    expect(leaving?.pace.rates()).toEqual(leaving?.client.limits)
    await leaving?.pace.close()
    expect(leaving?.client.limits).toEqual({})
    await untilShared(others, 980 / 3)
    expect(workers.flatMap(({ failures }) => failures)).toEqual([])
    expect(await redis.client.keys('*')).toEqual([key])
    expect(await redis.client.pttl(key)).toBeGreaterThan(0)
  })

  test('the given quotas are shared, and a signal closes the pace', async () => {
    await using redis = await startRedis()
    const stop = new AbortController()
    const quotas = { GetImageFrame: { rate: 5000, burst: 10_000 } }
    const workers = startWorkers(redis, 2, { quotas, signal: stop.signal })
    await untilShared(workers, 2450)
    stop.abort()
    await vi.waitFor(async () => expect(await redis.client.hkeys(key)).not.toContain('worker:w0'))
    expect(workers[0]?.client.limits).toEqual({})
  })

  test('throttles lower the rate of all workers', async () => {
    await using redis = await startRedis()
    const workers = startWorkers(redis, 2)
    await untilShared(workers, 490)
    for (const { client } of workers.slice(0, 1)) client.throttled = 60
    await vi.waitFor(
      () => {
        const [one, other] = workers.map(({ client }) => client.limits.GetImageFrame ?? Infinity)
        expect(one).toBeLessThan(400)
        expect(other).toBeCloseTo(one ?? 0)
      },
      { timeout: 30_000 },
    )
    expect(workers.map(({ client }) => client.limits.GetImageSetMetadata)).toEqual([24.5, 24.5])
  })

  test('workers keep their shares while Redis is away, and share again when it is back', async () => {
    await using redis = await startRedis()
    const workers = startWorkers(redis, 2)
    await untilShared(workers, 490)
    for (const times of [1, 2]) {
      const share = 980 / workers.length
      await redis.kill()
      await vi.waitFor(() => expect(failuresOf(workers)).toEqual(workers.map((_, index) => (index < 2 ? times : 1))), {
        timeout: 30_000,
      })
      for (const { client } of workers) expect(client.limits.GetImageFrame).toBeCloseTo(share)
      await redis.start()
      // If all workers notice a new one, all of them are connected again.
      workers.push(...startWorkers(redis, 1, { name: `later${times}` }))
      await untilShared(workers, 980 / workers.length)
    }
    const codes = workers.flatMap(({ failures }) => failures.map((error) => Object(error).code))
    expect(new Set(codes)).toEqual(new Set(['FLEET_REDIS_UNREACHABLE']))
  })

  test('malformed fields in the hash are ignored', async () => {
    await using redis = await startRedis()
    await redis.client.hset(key, {
      account: '{"GetImageFrame":{"since":0,"usual":0,"lowered":{"rate":-1}}}',
      'worker:x': 'malformed',
      'worker:y': `${Date.now()} {"GetImageFrame":[1]}`,
      'requests:GetImageFrame': '99999999999999999',
      anything: 'else',
    })
    const workers = startWorkers(redis, 2)
    await untilShared(workers, 490)
    expect(await redis.client.hkeys(key)).not.toContain('worker:x')
    expect(workers.flatMap(({ failures }) => failures)).toEqual([])
  })

  test('a key of the wrong type is reported', async () => {
    await using redis = await startRedis()
    await redis.client.set(key, 'text')
    const workers = startWorkers(redis, 1)
    await vi.waitFor(() => expect(String(workers[0]?.failures)).toMatch(/WRONGTYPE/))
    await redis.client.del(key)
    await untilShared(workers, 980)
    expect(workers[0]?.failures).toHaveLength(1)
  })

  test('the store in Redis behaves like the store of the simulation', async () => {
    await using redis = await startRedis()
    const name = fc.constantFrom('a', 'b', 'ü:c d')
    const need = fc.record({ used: fc.integer({ min: 0, max: 1000 }), waits: fc.constantFrom(0, 0.5, 1) })
    const count = fc.record({ requests: fc.integer({ min: 1, max: 1000 }), throttled: fc.nat({ max: 1000 }) })
    const operation = fc.constantFrom(...operations)
    const telling = fc.record({ name, needs: fc.dictionary(operation, need), counts: fc.dictionary(operation, count) })
    const step = fc.oneof(
      telling.map((telling) => ({ telling })),
      fc.record({ previous: fc.constantFrom('', 'x', 'y'), next: fc.constantFrom('x', 'y') }),
      fc.record({ leaving: name }),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        await redis.client.del(key)
        const stores = [createRedisStore(redis.client, key), memoryStore(() => 0)]
        for (const step of steps) {
          const [one, other] = await Promise.all(
            stores.map(async (store) => {
              if ('leaving' in step) return store.leave(step.leaving)
              if ('next' in step) return store.exchange(step.previous, step.next)
              const { workers, ...known } = await store.tell(step.telling)
              return { ...known, now: 0, workers: workers.map((worker) => ({ ...worker, at: 0 })) }
            }),
          )
          expect(one).toEqual(other)
        }
      }),
      { numRuns: 30 },
    )
  })
})

test('an invalid quota is a TypeError that names it', async () => {
  const quotas = { GetImageFrame: { rate: 0, burst: 1 } }
  const redis = await import('ioredis').then(({ Redis }) => new Redis({ lazyConnect: true }))
  const create = (): SharedPace => createSharedPace({ redis, prefix, name: 'w', client: busyClient(), quotas })
  expect(create).toThrow(/^Expected `quotas.GetImageFrame.rate`/)
  redis.disconnect()
})
