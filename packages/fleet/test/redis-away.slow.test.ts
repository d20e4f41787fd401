import { describe, expect, test } from 'vitest'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { createFleet, type RunExport } from '../src/index.ts'
import { askRedis } from '../src/redis/ask-redis.ts'
import { connectRedis } from '../src/redis/connect.ts'
import { hasRedis, startRedis } from './redis-server.ts'
import { firstImageSets, request, selecting } from './selections.ts'

describe.skipIf(!hasRedis)('a Redis that goes away', () => {
  test('is waited for by a submission, which then continues', async () => {
    await using redis = await startRedis('--appendonly', 'yes', '--appendfsync', 'always')
    await using fleet = createFleet({ connection: { url: redis.url } })
    const told: string[] = []
    const starting: Promise<void>[] = []
    const exporter = selecting([...firstImageSets(6000)], async (count) => {
      // In the middle of the submission.
      if (count === 3000 && told.length === 0) await redis.kill()
    })
    const onRedis = (state: string): void => {
      told.push(state)
      if (state === 'away') starting.push(redis.start())
    }
    const submitted = await fleet.submit({ exporter, request, selectors: 'all', onRedis })
    expect(submitted).toMatchObject({ imageSets: 6000, run: { state: 'submitted' } })
    expect((await fleet.status(submitted.run.id)).imageSets.total).toBe(6000)
    expect(told).toEqual(['away', 'back'])
    await Promise.all(starting)
  })

  test('gets the jobs again that it lost', async () => {
    await using redis = await startRedis('--appendonly', 'no')
    await using fleet = createFleet({ connection: { url: redis.url } })
    const starting: Promise<void>[] = []
    const exporter = selecting([...firstImageSets(6000)], async (count) => {
      if (starting.length > 0) return
      if (count === 1000) await redis.client.save()
      if (count === 3000) await redis.kill()
    })
    const onRedis = (state: string): void => {
      if (state === 'away') starting.push(redis.start())
    }
    const submitted = await fleet.submit({ exporter, request, selectors: 'all', onRedis })
    await Promise.all(starting)
    expect((await fleet.status(submitted.run.id)).imageSets.total).toBe(6000)
  })

  test('ends a submission whose selectors are a stream, with an error that says to submit again', async () => {
    await using redis = await startRedis('--appendonly', 'yes', '--appendfsync', 'always')
    await using fleet = createFleet({ connection: { url: redis.url } })
    const exporter = selecting(firstImageSets(600), async (count) => {
      if (count === 300) await redis.kill()
    })
    const starting: Promise<void>[] = []
    const onRedis = (state: string): void => {
      if (state === 'away') starting.push(redis.start())
    }
    const selectors = [{ studyInstanceUid: '1' }].values()
    await expect(fleet.submit({ exporter, request, selectors, onRedis })).rejects.toMatchObject({
      code: 'FLEET_REDIS_UNREACHABLE',
      message: expect.stringMatching(/may have lost some; submit it again/),
    })
    await Promise.all(starting)
    expect((await fleet.runs()).map(({ state }) => state)).toEqual(['submitting'])
  })

  test('keeps a submission waiting only until its signal aborts', async () => {
    await using redis = await startRedis()
    await using fleet = createFleet({ connection: { url: redis.url } })
    const controller = new AbortController()
    const exporter = selecting(firstImageSets(6000), async (count) => {
      if (count === 3000) await redis.kill()
    })
    const submission = fleet.submit({
      exporter,
      request,
      selectors: 'all',
      signal: controller.signal,
      onRedis: () => controller.abort(new Error('stop')),
    })
    await expect(submission).rejects.toThrow('stop')
  })

  test('keeps a report waiting only until its signal aborts', async () => {
    await using redis = await startRedis()
    await using fleet = createFleet({ connection: { url: redis.url } })
    const { run } = await fleet.submit({ exporter: selecting(firstImageSets(1)), request, selectors: 'all' })
    const controller = new AbortController()
    const openRun = async (): Promise<RunExport> => {
      await redis.kill()
      setImmediate(() => controller.abort(new Error('stop')))
      return { destination: folderDestination({ directory: 'not-opened' }) }
    }
    await expect(fleet.report(run.id, { openRun, signal: controller.signal })).rejects.toThrow('stop')
  })

  test('keeps other calls waiting only for a limited time', async () => {
    await using redis = await startRedis()
    await using opened = await connectRedis({ url: redis.url })
    const ping = async (): Promise<unknown> => opened.client.ping()
    expect(await askRedis(opened, ping)).toBe('PONG')
    await redis.kill()
    await expect(askRedis(opened, ping, { awayMs: 100 })).rejects.toMatchObject({ code: 'FLEET_REDIS_UNREACHABLE' })
    await redis.start()
    expect(await askRedis(opened, ping, { awayMs: Infinity })).toBe('PONG')
  })
})

test.skipIf(!hasRedis)('a full Redis ends the submission, and the next one adds the remaining jobs', async () => {
  await using redis = await startRedis('--maxmemory', '20mb', '--maxmemory-policy', 'noeviction')
  await using fleet = createFleet({ connection: { url: redis.url } })
  const submit = async () => fleet.submit({ exporter: selecting(firstImageSets(60_000)), request, selectors: 'all' })
  await expect(submit()).rejects.toMatchObject({
    code: 'FLEET_REDIS_FULL',
    message: expect.stringMatching(/its memory \(maxmemory\) is full; raise maxmemory/),
  })
  const [run] = await fleet.runs()
  expect(run?.state).toBe('submitting')
  const before = (await fleet.status(run?.id ?? '')).imageSets.total
  expect(before).toBeGreaterThan(10_000)
  await redis.client.config('SET', 'maxmemory', '0')
  expect(await submit()).toMatchObject({ imageSets: 60_000, added: 60_000 - before, run: { state: 'submitted' } })
  expect((await fleet.status(run?.id ?? '')).imageSets.total).toBe(60_000)
})
