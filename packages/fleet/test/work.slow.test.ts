import { createAhiClient } from '@ahi-dicom/ahi-client'
import type { ErrorEntry } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { createFleet, type Fleet, type Run, type WorkEvent, type WorkOptions } from '@ahi-dicom/fleet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openFleetContext, type FleetContext } from '../src/fleet-context.ts'
import { runIdOf } from '../src/run/run-id.ts'
import { chooseRun } from '../src/work/choose-run.ts'
import { exporterDouble, type ExporterDouble } from './exporter-double.ts'
import { hasRedis, startRedis, type RedisServer } from './redis-server.ts'
import { datastoreId } from './selections.ts'

let redis: RedisServer
let prefixes = 0

interface Setup extends AsyncDisposable {
  readonly fleet: Fleet
  readonly context: FleetContext
  readonly run: Run
  readonly events: WorkEvent[]
  work(options: Partial<WorkOptions> & { readonly exporter: ExporterDouble }): ReturnType<Fleet['work']>
}

async function setup(
  jobs: readonly (string | [id: string, data: object])[],
  change: Partial<Run> = {},
  { url } = redis,
): Promise<Setup> {
  const prefix = `test${(prefixes += 1)}`
  const fleet = createFleet({ connection: { url }, prefix, lockMs: 500 })
  const context = await openFleetContext({ url }, prefix)
  const request = { datastoreId, destination: 'double', settings: {} }
  const base = {
    id: runIdOf(request),
    ...request,
    createdAt: new Date(),
    state: 'submitted',
    instancesPerPart: 10,
  } as const
  const run = await context.runs.put({ ...base, ...change }, (stored) => stored)
  const given = jobs.map((job) => (typeof job === 'string' ? ([job, {}] as const) : job))
  await context.queue(run.id).addBulk(given.map(([jobId, data]) => ({ name: '', data, opts: { jobId } })))
  const events: WorkEvent[] = []
  return {
    fleet,
    context,
    run,
    events,
    work: (options) =>
      fleet.work({
        client: createAhiClient({ region: 'us-east-1' }),
        openRun: (_, { writer }) => ({ destination: folderDestination({ directory: 'not-opened', writer }) }),
        untilEmpty: true,
        graceMs: 100,
        onEvent: (event) => void events.push(event),
        ...options,
      }),
    async [Symbol.asyncDispose]() {
      await context.close()
      await fleet.close()
    },
  }
}

function idOf(index: number): string {
  return index.toString(16).padStart(32, '0')
}

function jobIds(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${idOf(index)}-1`)
}

const uids = { seriesInstanceUid: '1.2', sopInstanceUid: '1.3' }

function failure(retryable: boolean, code = 'AHI_THROTTLED'): { failures: ErrorEntry[]; left: (typeof uids)[] } {
  const entry = { datastoreId, imageSetId: idOf(0), ...uids, code, message: 'Cannot', retryable }
  return { failures: [entry], left: [uids] }
}

describe.skipIf(!hasRedis)('work', () => {
  beforeAll(async () => {
    redis = await startRedis()
  })

  afterAll(async () => redis[Symbol.asyncDispose]())

  test('does all jobs, counts them, and ends', async () => {
    await using given = await setup(jobIds(30))
    const exporter = exporterDouble()
    const summary = await given.work({ exporter })
    expect(summary).toMatchObject({ jobs: 30, instances: 30, frames: 30, bytes: 3000, failed: 0, refused: [] })
    expect(new Set(exporter.exported.map(({ imageSetId }) => imageSetId)).size).toBe(30)
    expect(exporter.opened).toMatchObject([{ datastoreId, mode: 'resume' }])
    expect(exporter.closed).toBe(1)
    const queue = given.context.queue(given.run.id)
    expect(await queue.getJobCounts('completed', 'waiting', 'active')).toEqual({ completed: 30, waiting: 0, active: 0 })
    expect(await given.context.redis.client.hgetall(given.context.keys.counts(given.run.id))).toEqual({
      instances: '30',
      frames: '30',
      bytes: '3000',
    })
    expect(await given.context.workers.list()).toEqual([])
  })

  test('reports that it waits for a paused run, and continues when the run is resumed', async () => {
    await using given = await setup(jobIds(3))
    await given.fleet.pause(given.run.id)
    const told: WorkEvent[] = []
    const summary = await given.work({
      exporter: exporterDouble(),
      onEvent(event) {
        told.push(event)
        if (event.kind === 'run-paused') void given.fleet.resume(event.runId)
      },
    })
    expect(summary).toMatchObject({ jobs: 3 })
    expect(told).toMatchObject([{ kind: 'run-paused', runId: given.run.id }, { kind: 'run-opened' }])
  })

  test('adds the later parts of a large image set once', async () => {
    await using given = await setup(jobIds(1))
    const exporter = exporterDouble(async ({ onLoaded, range }) => {
      await onLoaded?.({ instances: 25 })
      await onLoaded?.({ instances: 25 })
      return { instances: Math.min(25, range?.end ?? 0) - (range?.start ?? 0) }
    })
    const summary = await given.work({ exporter })
    expect(summary).toMatchObject({ jobs: 3, instances: 25 })
    expect(exporter.exported.map(({ range }) => range?.start)).toEqual([0, 10, 20])
  })

  test('adds later parts again if Redis loses them', async () => {
    await using given = await setup(jobIds(1))
    const { client } = given.context.redis
    const queue = given.context.queue(given.run.id)
    const lost = `${idOf(0)}-1-3`
    const exporter = exporterDouble(async ({ onLoaded, range }) => {
      await onLoaded?.({ instances: 25 })
      if (range?.start === 0) {
        await client.lrem(queue.toKey('wait'), 1, lost)
        await client.del(queue.toKey(lost))
      }
      return { instances: Math.min(25, range?.end ?? 0) - (range?.start ?? 0) }
    })
    expect(await given.work({ exporter, concurrency: 1 })).toMatchObject({ jobs: 3, instances: 25 })
  })

  test('repeats retryable failures, limited to the unfinished instances', async () => {
    await using given = await setup(jobIds(1))
    const exporter = exporterDouble(({ instances }) =>
      instances === undefined ? { instances: 4, ...failure(true) } : { instances: 1 },
    )
    expect(await given.work({ exporter })).toMatchObject({ jobs: 1, failed: 0 })
    expect(exporter.exported).toMatchObject([{ range: { start: 0, end: 10 } }, { instances: [uids] }])
    const job = await given.context.queue(given.run.id).getJob(`${idOf(0)}-1`)
    expect(job?.returnvalue).toBe(5)
    expect(await given.fleet.status(given.run.id)).toMatchObject({ instances: 5 })
    expect(await given.fleet.status(given.run.id)).toMatchObject({ instances: 5 })
    expect(given.events).toContainEqual(expect.objectContaining({ kind: 'job-repeated', attempts: 1 }))
  })

  test('stores jobs as failed after a failure that is not retryable, or after too many attempts', async () => {
    await using given = await setup(jobIds(2))
    const last = await given.context.queue(given.run.id).getJob(`${idOf(1)}-1`)
    await last?.updateProgress({ attempts: 3, instances: 0 })
    const exporter = exporterDouble(({ imageSetId }) =>
      imageSetId === idOf(0) ? failure(false, 'FRAME_CHECKSUM_MISMATCH') : failure(true),
    )
    expect(await given.work({ exporter })).toMatchObject({ jobs: 0, failed: 2 })
    const failed = await given.context.queue(given.run.id).getFailed()
    expect(failed.map(({ failedReason }) => JSON.parse(failedReason))).toEqual([
      { code: 'AHI_THROTTLED', message: 'Cannot', retryable: true },
      { code: 'FRAME_CHECKSUM_MISMATCH', message: 'Cannot', retryable: false },
    ])
    const data = { only: ['1.2/1.3'], failures: [expect.any(String)] }
    expect(failed.map((job) => job.data)).toEqual([data, data])
  })

  test('does not run jobs that no fleet has written', async () => {
    await using given = await setup([`${idOf(1)}-1`, 'rm -rf', [`${idOf(2)}-1`, { path: '/etc' }]])
    const exporter = exporterDouble()
    expect(await given.work({ exporter })).toMatchObject({ jobs: 1, failed: 2 })
    expect(exporter.exported).toHaveLength(1)
  })

  test('does not run a job whose data is not JSON, and continues', async () => {
    await using given = await setup(jobIds(3))
    const queue = given.context.queue(given.run.id)
    await given.context.redis.client.hset(queue.toKey(`${idOf(1)}-1`), 'data', '{')
    const exporter = exporterDouble()
    expect(await given.work({ exporter })).toMatchObject({ jobs: 2, failed: 1 })
    expect(given.events.filter(({ kind }) => kind === 'redis-failed')).toEqual([])
    expect(await given.fleet.status(given.run.id)).toMatchObject({ failuresByCode: { FLEET_JOB_MALFORMED: 1 } })
  })

  test('a stop waits for jobs in progress and gives back the rest after graceMs', async () => {
    await using given = await setup(jobIds(10))
    const stop = new AbortController()
    const exporter = exporterDouble(async ({ imageSetId }) => {
      if (exporter.exported.length === 4) stop.abort()
      if (imageSetId === idOf(0)) await new Promise((resolve) => stop.signal.addEventListener('abort', resolve))
      else await new Promise(() => undefined)
      return undefined
    })
    const summary = await given.work({ exporter, concurrency: 4, stop: stop.signal })
    expect(summary).toMatchObject({ jobs: 1 })
    const queue = given.context.queue(given.run.id)
    expect(await queue.getJobCounts('completed', 'waiting', 'active')).toEqual({ completed: 1, waiting: 9, active: 0 })
    expect(given.events.filter(({ kind }) => kind === 'job-given-back')).toHaveLength(3)
  })

  test('a fatal failure gives back all jobs and ends the work', async () => {
    await using given = await setup(jobIds(10))
    const exporter = exporterDouble(async () => {
      if (exporter.exported.length === 4) exporter.end({ code: 'OUTPUT_DISK_FULL', message: 'Cannot write' }, 'fatal')
      await new Promise(() => undefined)
      return undefined
    })
    const summary = await given.work({ exporter, concurrency: 4 })
    expect(summary).toMatchObject({ jobs: 0, failed: 0, fatal: { code: 'OUTPUT_DISK_FULL', message: 'Cannot write' } })
    expect(await given.context.queue(given.run.id).getJobCounts('waiting', 'active')).toEqual({
      waiting: 10,
      active: 0,
    })
  })

  test('an outage gives back all jobs, and they are taken again', async () => {
    await using given = await setup(jobIds(4))
    const exporter = exporterDouble(async () => {
      if (exporter.opened.length > 1) return undefined
      exporter.end({ code: 'AHI_OUTAGE', message: 'away' }, 'retryable')
      await new Promise(() => undefined)
      return undefined
    })
    expect(await given.work({ exporter })).toMatchObject({ jobs: 4, fatal: undefined })
    expect(given.events).toContainEqual(expect.objectContaining({ kind: 'outage', code: 'AHI_OUTAGE' }))
  })

  test('a run with unknown settings is refused, and reported once', async () => {
    await using given = await setup(jobIds(4))
    const exporter = exporterDouble()
    expect(
      await given.work({ exporter, openRun: () => Promise.reject(new TypeError('no such option')) }),
    ).toMatchObject({
      jobs: 0,
      refused: [{ runId: given.run.id, subject: 'settings', message: 'no such option' }],
    })
    expect(given.events).toEqual([expect.objectContaining({ kind: 'run-refused' })])
  })

  test('a run whose destination cannot be opened is refused, and reported once', async () => {
    await using given = await setup(jobIds(4))
    const exporter = exporterDouble()
    exporter.openExport = () => Promise.reject(new Error('not a folder'))
    expect(await given.work({ exporter })).toMatchObject({
      jobs: 0,
      failed: 0,
      refused: [{ runId: given.run.id, subject: 'destination', message: 'not a folder' }],
    })
    expect(await given.context.queue(given.run.id).getJobCounts('waiting', 'active')).toEqual({ waiting: 4, active: 0 })
    expect(given.events.filter(({ kind }) => kind === 'run-refused')).toHaveLength(1)
  })

  test('does the jobs of a worker that died', async () => {
    await using given = await setup(jobIds(3))
    const client = given.context.redis.client
    const queue = given.context.queue(given.run.id)
    // A killed worker leaves its jobs active, without a lock.
    await client.lmove(queue.toKey('wait'), queue.toKey('active'), 'RIGHT', 'LEFT')
    expect(await given.work({ exporter: exporterDouble() })).toMatchObject({ jobs: 3, failed: 0 })
  })

  test('a job that kills too many workers fails', async () => {
    await using given = await setup(jobIds(2))
    const client = given.context.redis.client
    const queue = given.context.queue(given.run.id)
    await client.lmove(queue.toKey('wait'), queue.toKey('active'), 'RIGHT', 'LEFT')
    await client.hset(queue.toKey(`${idOf(0)}-1`), 'stc', '8')
    expect(await given.work({ exporter: exporterDouble() })).toMatchObject({ jobs: 1, failed: 1 })
    expect(given.events).toContainEqual(expect.objectContaining({ kind: 'job-failed', code: 'FLEET_JOB_LOST' }))
  })

  test('a job whose lock is lost is dropped without an error, and completed once', async () => {
    await using given = await setup(jobIds(1))
    const client = given.context.redis.client
    const queue = given.context.queue(given.run.id)
    const exporter = exporterDouble(async (_, { signal }) => {
      if (exporter.exported.length > 1) return undefined
      await client.set(queue.toKey(`${idOf(0)}-1:lock`), 'other')
      await new Promise((resolve) => signal.addEventListener('abort', resolve))
      await client.del(queue.toKey(`${idOf(0)}-1:lock`))
      return undefined
    })
    expect(await given.work({ exporter })).toMatchObject({ jobs: 1, failed: 0 })
    expect(exporter.exported).toHaveLength(2)
    expect(given.events.map(({ kind }) => kind)).toEqual(['run-opened'])
  })

  test('jobs of a cancelled run are given back', async () => {
    await using given = await setup(jobIds(2))
    const exporter = exporterDouble(async () => {
      await given.context.runs.change(given.run.id, (run) => ({ ...run, state: 'cancelled' }))
      await new Promise(() => undefined)
      return undefined
    })
    expect(await given.work({ exporter })).toMatchObject({ jobs: 0, failed: 0 })
    expect(await given.context.queue(given.run.id).getJobCounts('waiting', 'active')).toEqual({ waiting: 2, active: 0 })
  })

  test('a full Redis is reported, and nothing is lost', async () => {
    await using given = await setup(jobIds(20))
    const { client } = given.context.redis
    const exporter = exporterDouble(async () => {
      if (exporter.exported.length === 4) await client.config('SET', 'maxmemory', '1')
      return undefined
    })
    const onEvent = (event: WorkEvent): void => {
      given.events.push(event)
      if (event.kind === 'redis-failed') void client.config('SET', 'maxmemory', '0')
    }
    expect(await given.work({ exporter, concurrency: 2, onEvent })).toMatchObject({ jobs: 20, failed: 0 })
    const said = given.events.filter(({ kind }) => kind === 'redis-failed')
    expect(said).toEqual([expect.objectContaining({ code: 'FLEET_REDIS_FULL' })])
  })

  test('a job does not fail if Redis refuses a command', async () => {
    await using given = await setup(jobIds(1))
    const { client } = given.context.redis
    const exporter = exporterDouble(async ({ onLoaded }) => {
      if (exporter.exported.length === 1) await client.config('SET', 'maxmemory', '1')
      try {
        await onLoaded?.({ instances: 25 })
      } finally {
        await client.config('SET', 'maxmemory', '0')
      }
      return undefined
    })
    expect(await given.work({ exporter })).toMatchObject({ jobs: 3, failed: 0 })
    expect(given.events).toContainEqual(expect.objectContaining({ kind: 'redis-failed', code: 'FLEET_REDIS_FULL' }))
  })

  test('a pace that cannot be shared is reported once', async () => {
    await using given = await setup(jobIds(40))
    const { client } = given.context.redis
    await client.set(given.context.keys.pace, 'not a hash')
    const exporter = exporterDouble(async () => {
      while (!given.events.some(({ kind }) => kind === 'redis-failed')) await client.ping()
      return undefined
    })
    expect(await given.work({ exporter })).toMatchObject({ jobs: 40, failed: 0 })
    expect(given.events.filter(({ kind }) => kind === 'redis-failed')).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/^Cannot share the pace.*WRONGTYPE/), waitMs: 0 }),
    ])
  })

  test('a run that disappears from Redis is reported', async () => {
    await using given = await setup(jobIds(20))
    const exporter = exporterDouble(async () => {
      if (exporter.exported.length === 4) await given.context.redis.client.flushall()
      return undefined
    })
    const { lost } = await given.work({ exporter, concurrency: 2 })
    expect(lost).toEqual([given.run.id])
    expect(given.events.filter(({ kind }) => kind === 'run-lost')).toEqual([
      expect.objectContaining({ runId: given.run.id, code: 'FLEET_RUN_NOT_FOUND' }),
    ])
  })

  test('does the jobs of a run whose submitter is gone, reports the run as abandoned, and ends', async () => {
    await using given = await setup(jobIds(3), { state: 'submitting' })
    const summary = await given.work({ exporter: exporterDouble() })
    expect(summary).toMatchObject({ jobs: 3, abandoned: [given.run.id] })
    expect(given.events).toMatchObject([{ kind: 'run-opened' }, { kind: 'run-abandoned', runId: given.run.id }])
  })

  test('a run that is being submitted is not abandoned', async () => {
    await using given = await setup([], { state: 'submitting' })
    const { client } = given.context.redis
    const choose = () => chooseRun(given.context, { runId: undefined, refused: new Map() })
    await client.set(given.context.keys.submitter(given.run.id), '')
    expect(await choose()).toMatchObject({ isEmpty: false, abandoned: [] })
    await client.del(given.context.keys.submitter(given.run.id))
    expect(await choose()).toMatchObject({ isEmpty: true, abandoned: [given.run.id] })
  })

  test('takes no jobs of a paused run', async () => {
    await using given = await setup(jobIds(5))
    await given.fleet.pause(given.run.id)
    const exporter = exporterDouble()
    const stop = new AbortController()
    const working = given.work({ exporter, stop: stop.signal })
    await given.context.redis.client.info()
    expect(exporter.exported).toEqual([])
    await given.fleet.resume(given.run.id)
    expect(await working).toMatchObject({ jobs: 5 })
  })

  test('does the oldest run first, and opens a separate export for each run', async () => {
    await using given = await setup(jobIds(3), { createdAt: new Date(2026, 1, 1) })
    const { context } = given
    const request = { datastoreId, destination: 'other', settings: {} }
    const other: Run = { ...given.run, ...request, id: runIdOf(request), createdAt: new Date(2025, 1, 1) }
    await context.runs.put(other, (stored) => stored)
    await context.queue(other.id).addBulk(jobIds(2).map((jobId) => ({ name: '', data: {}, opts: { jobId } })))
    const exporter = exporterDouble()
    expect(await given.work({ exporter })).toMatchObject({ jobs: 5 })
    expect(given.events.map((event) => ('runId' in event ? event.runId : undefined))).toEqual([other.id, given.run.id])
    expect(exporter).toMatchObject({ closed: 2 })
  })

  test('never runs two suspect jobs at the same time', async () => {
    await using given = await setup(jobIds(3))
    const queue = given.context.queue(given.run.id)
    for (const id of jobIds(2)) await given.context.redis.client.hset(queue.toKey(id), 'stc', '2')
    let together = 0
    let most = 0
    const counted = exporterDouble(async ({ imageSetId }) => {
      if (imageSetId === idOf(2)) return undefined
      together += 1
      most = Math.max(most, together)
      await given.context.redis.client.ping()
      together -= 1
      return undefined
    })
    expect(await given.work({ exporter: counted })).toMatchObject({ jobs: 3, failed: 0 })
    expect(most).toBe(1)
  })

  test('a stop ends the work even while Redis is away, and nothing is lost', async () => {
    await using server = await startRedis('--appendonly', 'yes', '--appendfsync', 'always')
    await using given = await setup(jobIds(4), {}, server)
    const stop = new AbortController()
    const exporter = exporterDouble(async () => {
      if (exporter.exported.length === 2) await server.kill()
      await new Promise(() => undefined)
      return undefined
    })
    const onEvent = (event: WorkEvent): void => {
      given.events.push(event)
      if (event.kind === 'redis-away') stop.abort()
    }
    expect(await given.work({ exporter, concurrency: 2, stop: stop.signal, onEvent })).toMatchObject({ jobs: 0 })
    await server.start()
    expect(await given.work({ exporter: exporterDouble() })).toMatchObject({ jobs: 4, failed: 0 })
  })
})
