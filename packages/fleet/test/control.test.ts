import { DelayedError, UnrecoverableError, Worker } from 'bullmq'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createFleet, type Fleet } from '../src/index.ts'
import { formatJobFailure } from '../src/job/job-failure.ts'
import { fleetKeys } from '../src/keys/fleet-keys.ts'
import { addRunCounts } from '../src/run/run-counts.ts'
import { createRunStore } from '../src/run/run-store.ts'
import { createWorkerStore } from '../src/worker-state/worker-store.ts'
import type { WorkerState } from '../src/index.ts'
import { hasRedis, startRedis, type RedisServer } from './redis-server.ts'
import { firstImageSets, imageSetId, request, selecting } from './selections.ts'

const prefix = 'hospital'
const keys = fleetKeys(prefix)

describe.skipIf(!hasRedis)('a run', () => {
  let redis: RedisServer
  let fleet: Fleet
  beforeAll(async () => {
    redis = await startRedis()
  })
  beforeEach(async () => {
    await redis.client.flushall()
    fleet = createFleet({ connection: { url: redis.url }, prefix })
  })
  afterEach(async () => fleet.close())
  afterAll(async () => redis[Symbol.asyncDispose]())

  async function submit(count: number): Promise<string> {
    const { run } = await fleet.submit({ exporter: selecting(firstImageSets(count)), request, selectors: 'all' })
    return run.id
  }

  /** A worker that takes one job per call. */
  function jobTaker(runId: string) {
    const options = { connection: redis.client, prefix, autorun: false, skipVersionCheck: true, skipStalledCheck: true }
    const worker = new Worker(runId, null, options)
    const take = async () => {
      const job = await worker.getNextJob('token', { block: false })
      if (job === undefined) throw new Error('no job')
      return job
    }
    return {
      take,
      finish: async (count: number) => {
        for (let done = 0; done < count; done++) await (await take()).moveToCompleted(2, 'token', false)
      },
      fail: async (...reasons: readonly string[]) => {
        for (const reason of reasons) await (await take()).moveToFailed(new UnrecoverableError(reason), 'token', false)
      },
      [Symbol.asyncDispose]: async () => worker.close(true),
    }
  }

  test('has a status with counts, rates and workers', async () => {
    const runId = await submit(10)
    const counts = { instances: 4, frames: 40, bytes: 4_000_000_000 }
    await addRunCounts(redis.client, keys, runId, counts)
    await addRunCounts(redis.client, keys, runId, counts)
    await using taker = jobTaker(runId)
    await taker.finish(2)
    const failure = { code: 'FRAME_CORRUPT', message: 'no', retryable: false }
    await taker.fail(formatJobFailure(failure), formatJobFailure(failure), 'job stalled more than allowable limit')
    const delayed = await taker.take()
    await delayed.moveToDelayed(Date.now() + 60_000, 'token').catch((error: unknown) => {
      if (!(error instanceof DelayedError)) throw error
    })
    await taker.take()

    const workers = createWorkerStore(redis.client, keys)
    await workers.write(workerState('one', { runId }), 60_000)
    await workers.write(workerState('two', { runId }), 60_000)
    await workers.write(workerState('other', {}), 60_000)
    expect(await fleet.workers()).toEqual([
      workerState('one', { runId }),
      workerState('other', {}),
      workerState('two', { runId }),
    ])
    expect(await fleet.status(runId)).toEqual({
      run: expect.objectContaining({ id: runId, state: 'submitted' }),
      isPaused: false,
      imageSets: { total: 10, waiting: 3, active: 1, delayed: 1, done: 2, failed: 3 },
      instances: 8,
      frames: 80,
      bytes: 8_000_000_000,
      failuresByCode: { FRAME_CORRUPT: 2, FLEET_JOB_LOST: 1 },
      workers: [workerState('one', { runId }), workerState('two', { runId })],
      imageSetsPerSecond: 1,
      instancesPerSecond: 20,
      framesPerSecond: 200,
      bytesPerSecond: 2000,
      secondsLeft: 5,
    })
    await workers.remove('one')
    await redis.client.set(keys.worker('two'), '{"pid":"rm -rf"}')
    expect(await fleet.workers()).toEqual([workerState('other', {})])
  })

  test('that does not exist is refused by every method', async () => {
    for (const id of ['0123456789abcdef', 'x', '\u001B[2J']) {
      await expect(fleet.status(id)).rejects.toMatchObject({ code: 'FLEET_RUN_NOT_FOUND' })
      await expect(fleet.pause(id)).rejects.toMatchObject({ code: 'FLEET_RUN_NOT_FOUND' })
      await expect(fleet.cancel(id)).rejects.toMatchObject({ code: 'FLEET_RUN_NOT_FOUND' })
      await expect(fleet.forget(id)).rejects.toMatchObject({ code: 'FLEET_RUN_NOT_FOUND' })
    }
  })

  test('that another program changed is refused, and the other runs are still listed', async () => {
    const runId = await submit(1)
    const stored = JSON.parse((await redis.client.hget(keys.runs, runId)) ?? '')
    await redis.client.hset(keys.runs, '0123456789abcdef', JSON.stringify(stored))
    expect((await fleet.runs()).map(({ id }) => id)).toEqual([runId])
    await expect(fleet.status('0123456789abcdef')).rejects.toMatchObject({ code: 'FLEET_RUN_MALFORMED' })
    await redis.client.hset(keys.counts(runId), 'frames', '-1')
    await expect(fleet.status(runId)).rejects.toMatchObject({ code: 'FLEET_RUN_MALFORMED' })
  })

  test('loses no change of concurrent writers', async () => {
    const runId = await submit(1)
    const store = createRunStore(redis.client, keys)
    await Promise.all(
      Array.from({ length: 20 }, async () =>
        store.change(runId, (run) => ({ ...run, instancesPerPart: run.instancesPerPart + 1 })),
      ),
    )
    expect((await store.get(runId)).instancesPerPart).toBe(2020)
  })

  test('is paused and resumed', async () => {
    const runId = await submit(2)
    await fleet.pause(runId)
    expect(await fleet.status(runId)).toMatchObject({ isPaused: true, imageSets: { waiting: 2 } })
    await using taker = jobTaker(runId)
    await expect(taker.take()).rejects.toThrow('no job')
    await fleet.resume(runId)
    await taker.finish(2)
  })

  test('that is cancelled loses its waiting jobs and gives out no more', async () => {
    const runId = await submit(1000)
    await using taker = jobTaker(runId)
    await taker.finish(1)
    await taker.fail('{}')
    await (await taker.take()).moveToDelayed(Date.now() + 60_000, 'token')
    const active = await taker.take()
    expect(await fleet.cancel(runId)).toBe(997)
    expect((await fleet.status(runId)).imageSets).toMatchObject({
      waiting: 0,
      active: 1,
      delayed: 0,
      done: 1,
      failed: 1,
    })
    await expect(fleet.resume(runId)).rejects.toMatchObject({ code: 'FLEET_RUN_CANCELLED' })
    await expect(fleet.retry(runId)).rejects.toMatchObject({ code: 'FLEET_RUN_CANCELLED' })
    await active.moveToWait('token')
    await expect(taker.take()).rejects.toThrow('no job')
    expect(await fleet.cancel(runId)).toBe(1)

    expect(await submit(1000)).toBe(runId)
    expect((await fleet.status(runId)).imageSets).toMatchObject({ total: 1000, waiting: 998 })
    await taker.finish(1)
  })

  test('that is retried puts all failed jobs back into the queue, as if they were new', async () => {
    const runId = await submit(1200)
    await using taker = jobTaker(runId)
    await taker.fail(...Array.from({ length: 1100 }, () => '{}'))
    expect(await fleet.retry(runId)).toBe(1100)
    expect(await fleet.status(runId)).toMatchObject({ imageSets: { waiting: 1200, failed: 0 }, failuresByCode: {} })
    const fields = await redis.client.hgetall(`${prefix}:${runId}:${imageSetId(0)}-1`)
    expect(Object.keys(fields).filter((name) => ['atm', 'ats', 'stc', 'failedReason'].includes(name))).toEqual([])
    expect(await fleet.retry(runId)).toBe(0)
  })

  test('that was reported is open again when jobs are retried or added', async () => {
    const runId = await submit(1)
    const store = createRunStore(redis.client, keys)
    const report = async () => store.change(runId, (run) => ({ ...run, reportedAt: new Date(0) }))
    await report()
    await using taker = jobTaker(runId)
    await taker.fail('{}')
    await fleet.retry(runId)
    expect((await store.get(runId)).reportedAt).toBeUndefined()
    await report()
    await submit(2)
    expect(await store.get(runId)).toMatchObject({ reportedAt: undefined, state: 'submitted' })
    expect((await fleet.status(runId)).imageSets.total).toBe(2)
  })

  test('is forgotten with all its keys, but not while workers have its jobs', async () => {
    const runId = await submit(100)
    await addRunCounts(redis.client, keys, runId, { instances: 1, frames: 1, bytes: 1 })
    await redis.client.hset(keys.selectors(runId), '1/2/3', '')
    await redis.client.rpush(keys.errors(runId), '{}')
    await using taker = jobTaker(runId)
    await taker.finish(1)
    const active = await taker.take()
    await expect(fleet.forget(runId)).rejects.toMatchObject({ code: 'FLEET_RUN_ACTIVE', runId })
    expect((await fleet.status(runId)).isPaused).toBe(false)
    await active.moveToCompleted(1, 'token', false)
    await fleet.forget(runId)
    expect(await redis.client.keys('*')).toEqual([])
    expect(await fleet.runs()).toEqual([])
    // The run can be submitted again.
    expect(await submit(3)).toBe(runId)
    expect((await fleet.status(runId)).imageSets.total).toBe(3)
  })

  test('retries each failed job once, even if the jobs fail again at once', async () => {
    const count = 1200
    const runId = await submit(count)
    let attempts = 0
    const once = Promise.withResolvers<void>()
    const twice = Promise.withResolvers<void>()
    const connection = redis.client.duplicate()
    const worker = new Worker(
      runId,
      async () => {
        throw new UnrecoverableError(formatJobFailure({ code: 'FRAME_CORRUPT', message: 'no', retryable: false }))
      },
      { connection, prefix, concurrency: 50, skipVersionCheck: true },
    )
    worker.on('failed', () => {
      attempts += 1
      if (attempts === count) once.resolve()
      if (attempts === 2 * count) twice.resolve()
    })
    try {
      await once.promise
      expect(await fleet.retry(runId)).toBe(count)
      await twice.promise
      expect((await fleet.status(runId)).imageSets).toMatchObject({ waiting: 0, active: 0, failed: count })
    } finally {
      await worker.close()
      connection.disconnect()
    }
  })

  test('is invisible to a fleet with another prefix', async () => {
    const runId = await submit(2)
    await using other = createFleet({ connection: { url: redis.url }, prefix: 'other' })
    expect(await other.runs()).toEqual([])
    await expect(other.status(runId)).rejects.toMatchObject({ code: 'FLEET_RUN_NOT_FOUND' })
  })
})

function workerState(name: string, parts: Partial<WorkerState>): WorkerState {
  return {
    name,
    hostname: 'host',
    pid: 7,
    startedAt: new Date(1_000_000),
    seenAt: new Date(2_000_000),
    runId: undefined,
    active: 2,
    imageSetsPerSecond: 0.5,
    instancesPerSecond: 10,
    framesPerSecond: 100,
    bytesPerSecond: 1000,
    ...parts,
  }
}
