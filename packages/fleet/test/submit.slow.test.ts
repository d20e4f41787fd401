import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { ErrorEntry } from '@ahi-dicom/export-files'
import type { StudySelector } from '@ahi-dicom/exporter'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createFleet, type Fleet } from '../src/index.ts'
import { fleetKeys } from '../src/keys/fleet-keys.ts'
import type { AskRedis } from '../src/redis/ask-redis.ts'
import { readSubmissionErrors } from '../src/run/submission-record.ts'
import { noteMet, readUnmet } from '../src/run/selector-notes.ts'
import { hasRedis, startRedis, type RedisServer } from './redis-server.ts'
import { datastoreId, firstImageSets, imageSetId, request, selectedVersion, selecting } from './selections.ts'

const prefix = 'ahi-dicom'
const keys = fleetKeys(prefix)
const ask: AskRedis = async (question) => question()
const failure: ErrorEntry = { datastoreId, code: 'NOTHING_SELECTED', message: 'no 1.2.3', retryable: false }

describe.skipIf(!hasRedis)('submit', () => {
  let redis: RedisServer
  let fleet: Fleet
  beforeAll(async () => {
    redis = await startRedis()
  })
  beforeEach(async () => {
    await redis.client.flushall()
    fleet = createFleet({ connection: { url: redis.url } })
  })
  afterEach(async () => fleet.close())
  afterAll(async () => redis[Symbol.asyncDispose]())

  /** Returns the data of a job, its fields and their encoding in Redis. */
  async function job(runId: string, id: string) {
    const key = `${prefix}:${runId}:${id}`
    const [fields, encoding] = await Promise.all([redis.client.hgetall(key), redis.client.object('ENCODING', key)])
    return { data: JSON.parse(fields['data'] ?? 'null'), encoding, fields }
  }

  async function errorsOf(runId: string): Promise<ErrorEntry[]> {
    const entries: ErrorEntry[] = []
    for await (const entry of readSubmissionErrors(redis.client, keys, { runId, ask })) entries.push(entry)
    return entries
  }

  async function unmetOf(runId: string): Promise<string[]> {
    const texts: string[] = []
    for await (const text of readUnmet(redis.client, keys, { runId, ask })) texts.push(text)
    return texts
  }

  test('adds a job for each image set, and a second submission adds only new ones', async () => {
    const exporter = selecting(firstImageSets(1234))
    const first = await fleet.submit({ exporter, request, selectors: 'all' })
    expect(first).toMatchObject({ imageSets: 1234, added: 1234, failures: 0 })
    expect(first.run).toMatchObject({ ...request, state: 'submitted', instancesPerPart: 2000 })
    expect(await fleet.runs()).toEqual([first.run])

    const again = await fleet.submit({ exporter: selecting(firstImageSets(1240)), request, selectors: 'all' })
    expect(again).toEqual({ run: first.run, imageSets: 1240, added: 6, failures: 0 })
    const { imageSets } = await fleet.status(first.run.id)
    expect(imageSets).toEqual({ total: 1240, waiting: 1240, active: 0, delayed: 0, done: 0, failed: 0 })
  })

  test('keeps jobs small', async () => {
    const { run } = await fleet.submit({ exporter: selecting(firstImageSets(1)), request, selectors: 'all' })
    const { data, encoding, fields } = await job(run.id, `${imageSetId(0)}-1`)
    expect(data).toEqual({})
    expect(encoding).toBe('listpack')
    expect(Object.values(fields).filter((text) => text.length > 64)).toEqual([])
  })

  test('adds another job for a new version of an image set', async () => {
    const { run } = await fleet.submit({ exporter: selecting([selectedVersion(0)]), request, selectors: 'all' })
    const exporter = selecting([selectedVersion(0, { versionId: '2' })])
    expect(await fleet.submit({ exporter, request, selectors: 'all' })).toMatchObject({ added: 1 })
    expect((await fleet.status(run.id)).imageSets.total).toBe(2)
  })

  test('names earlier image sets of the same series', async () => {
    const same = { studyInstanceUid: '1', seriesInstanceUid: '1.1' }
    const versions = [
      selectedVersion(0, same),
      selectedVersion(1),
      selectedVersion(2, { ...same, versionId: '7' }),
      selectedVersion(3, { ...same, seriesInstanceUid: undefined }),
      selectedVersion(4, same),
    ]
    const { run } = await fleet.submit({ exporter: selecting(versions), request, selectors: 'all' })
    const data = await Promise.all(
      versions.map(async (version) => (await job(run.id, `${version.imageSetId}-${version.versionId}`)).data),
    )
    const [first, third] = [[imageSetId(0), '1'] as const, [imageSetId(2), '7'] as const]
    expect(data).toEqual([{}, {}, { after: [first] }, {}, { after: [first, third] }])
  })

  test('names earlier image sets of the same series that were selected by their ids', async () => {
    const unknown = { studyInstanceUid: undefined, seriesInstanceUid: undefined }
    const series = { studyInstanceUid: '1', seriesInstanceUid: '1.1', sameSeries: [0, 2, 3, 9].map(imageSetId) }
    const versions = [
      selectedVersion(0, { ...unknown, versionId: '4' }),
      selectedVersion(1, unknown),
      selectedVersion(2, series),
      selectedVersion(3, series),
    ]
    const { run } = await fleet.submit({ exporter: selecting(versions), request, selectors: 'all' })
    const data = await Promise.all(
      versions.map(async (version) => (await job(run.id, `${version.imageSetId}-${version.versionId}`)).data),
    )
    const [first, third] = [[imageSetId(0), '4'] as const, [imageSetId(2), '1'] as const]
    expect(data).toEqual([{}, {}, { after: [first] }, { after: [first, third] }])
  })

  test('names the selectors of earlier image sets', async () => {
    const same = { studyInstanceUid: '1', seriesInstanceUid: '1.1' }
    const [one, two] = [selector('1.1.1'), selector('1, 2')]
    const versions = [
      selectedVersion(0, { ...same, selectors: [one, two] }),
      selectedVersion(1, { ...same, selectors: [one] }),
      selectedVersion(2, same),
      // The job of an image set that is selected again keeps its first selectors.
      selectedVersion(0, same),
      selectedVersion(3, same),
    ]
    const { run } = await fleet.submit({ exporter: selecting(versions), request, selectors: 'all' })
    const data = await Promise.all(
      [0, 1, 2, 3].map(async (index) => (await job(run.id, `${imageSetId(index)}-1`)).data),
    )
    const first = [imageSetId(0), '1', ['1/1.1/1.1.1', '1/1.1/1, 2']]
    const second = [imageSetId(1), '1', ['1/1.1/1.1.1']]
    expect(data).toEqual([
      { selectors: first[2] },
      { selectors: second[2], after: [first] },
      { after: [first, second] },
      { after: [first, second, [imageSetId(2), '1']] },
    ])
  })

  test('stores selectors that have to be matched against documents', async () => {
    const versions = [
      selectedVersion(0, { selectors: [selector('1.1.1'), selector('1.1.2')] }),
      selectedVersion(1, { selectors: [selector('1.1.1')] }),
    ]
    const { run } = await fleet.submit({ exporter: selecting(versions), request, selectors: 'all' })
    expect((await job(run.id, `${imageSetId(0)}-1`)).data).toEqual({ selectors: ['1/1.1/1.1.1', '1/1.1/1.1.2'] })
    expect((await unmetOf(run.id)).toSorted()).toEqual(['1/1.1/1.1.1', '1/1.1/1.1.2'])

    // A worker has found an instance for one selector. A second submission does not reset that, whatever the order of its jobs.
    await noteMet(redis.client, keys, { runId: run.id, selectors: [selector('1.1.1')] })
    const more = [2, 3].map((index) => selectedVersion(index, { selectors: [selector('1.1.1')] }))
    const again = [...more.slice(0, 1), ...versions, ...more.slice(1)]
    await fleet.submit({ exporter: selecting(again), request, selectors: 'all' })
    expect(await unmetOf(run.id)).toEqual(['1/1.1/1.1.2'])
  })

  test('a worker may meet a selector before the submission stores it', async () => {
    const { run } = await fleet.submit({ exporter: selecting([selectedVersion(0)]), request, selectors: 'all' })
    await noteMet(redis.client, keys, { runId: run.id, selectors: [selector('1.1.1')] })
    const exporter = selecting([selectedVersion(1, { selectors: [selector('1.1.1')] })])
    await fleet.submit({ exporter, request, selectors: 'all' })
    expect(await unmetOf(run.id)).toEqual([])
  })

  test('stores the failures of the last submission', async () => {
    const other = { ...failure, message: 'no 4.5.6' }
    const told: ErrorEntry[] = []
    const options = { request, selectors: 'all', onFailure: (entry: ErrorEntry) => told.push(entry) } as const
    const first = await fleet.submit({ ...options, exporter: selecting([failure, selectedVersion(0), other]) })
    expect(first).toMatchObject({ added: 1, failures: 2 })
    expect(told).toEqual([failure, other])
    expect(await errorsOf(first.run.id)).toEqual([failure, other])
    await fleet.submit({ ...options, exporter: selecting([other]) })
    expect(await errorsOf(first.run.id)).toEqual([other])
  })

  test('reports an image set whose UIDs cannot be written into a job', async () => {
    const selectors = [{ studyInstanceUid: '1/2', seriesInstanceUid: '1' }]
    const series = { studyInstanceUid: '1', seriesInstanceUid: '1.1' }
    const exporter = selecting([selectedVersion(0, { ...series, selectors }), selectedVersion(1, series)])
    const submitted = await fleet.submit({ exporter, request, selectors: 'all' })
    expect(submitted).toMatchObject({ imageSets: 1, added: 1, failures: 1 })
    expect(await errorsOf(submitted.run.id)).toMatchObject([
      { imageSetId: imageSetId(0), code: 'FLEET_JOB_MALFORMED', retryable: false },
    ])
    // Nobody exports the first image set, so the second one leaves out nothing.
    expect((await job(submitted.run.id, `${imageSetId(1)}-1`)).data).toEqual({})
  })

  test('two submitters at the same time add each job once', async () => {
    await using other = createFleet({ connection: { url: redis.url } })
    const submitted = await Promise.all(
      [fleet, other].map(async (submitter) =>
        submitter.submit({ exporter: selecting(firstImageSets(3000)), request, selectors: 'all' }),
      ),
    )
    const [{ run } = { run: { id: '' } }] = submitted
    expect((await fleet.status(run.id)).imageSets.total).toBe(3000)
  })

  test('an aborted submission can be continued', async () => {
    const controller = new AbortController()
    const exporter = selecting(firstImageSets(5000), (count) => {
      if (count === 2000) controller.abort(new Error('stop'))
    })
    await expect(fleet.submit({ exporter, request, selectors: 'all', signal: controller.signal })).rejects.toThrow(
      'stop',
    )
    const [run] = await fleet.runs()
    expect(run?.state).toBe('submitting')
    const again = await fleet.submit({ exporter: selecting(firstImageSets(5000)), request, selectors: 'all' })
    expect(again.run).toMatchObject({ id: run?.id, state: 'submitted', createdAt: run?.createdAt })
    expect((await fleet.status(again.run.id)).imageSets.total).toBe(5000)
  })

  test('the submission of a killed process can be continued', async () => {
    const child = spawn(
      process.execPath,
      ['--conditions=@ahi-dicom/source', fileURLToPath(new URL('submit-process.ts', import.meta.url)), redis.url],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(child.stdout, 'data')
    child.kill('SIGKILL')
    await once(child, 'exit')
    const [run] = await fleet.runs()
    expect(run?.state).toBe('submitting')
    const before = (await fleet.status(run?.id ?? '')).imageSets.total
    expect(before).toBeGreaterThan(0)
    expect(before).toBeLessThan(20_000)
    const again = await fleet.submit({ exporter: selecting(firstImageSets(20_000)), request, selectors: 'all' })
    expect(again).toMatchObject({ imageSets: 20_000, added: 20_000 - before, run: { state: 'submitted' } })
    expect((await fleet.status(again.run.id)).imageSets.total).toBe(20_000)
  })

  test('cancelling the run ends its submission, and the next submission continues the run', async () => {
    const exporter = selecting(firstImageSets(5000), async (count) => {
      if (count === 2500) for (const { id } of await fleet.runs()) await fleet.cancel(id)
    })
    const submission = fleet.submit({ exporter, request, selectors: 'all' })
    await expect(submission).rejects.toMatchObject({ code: 'FLEET_RUN_CANCELLED' })
    const [run] = await fleet.runs()
    expect(run?.state).toBe('cancelled')
    const again = await fleet.submit({ exporter: selecting(firstImageSets(5000)), request, selectors: 'all' })
    expect(again.run.state).toBe('submitted')
    expect(await fleet.status(again.run.id)).toMatchObject({ isPaused: false, imageSets: { total: 5000 } })
  })

  test('a run cannot be forgotten while it is being submitted', async () => {
    const exporter = selecting(firstImageSets(500), async (count) => {
      if (count !== 250) return
      for (const { id } of await fleet.runs()) {
        expect(await redis.client.pttl(keys.submitter(id))).toBeGreaterThan(0)
        await expect(fleet.forget(id)).rejects.toMatchObject({ code: 'FLEET_RUN_ACTIVE', runId: id })
      }
    })
    const { run } = await fleet.submit({ exporter, request, selectors: 'all' })
    expect((await fleet.status(run.id)).imageSets.total).toBe(500)
    await fleet.forget(run.id)
    expect(await redis.client.keys('*')).toEqual([])
  })

  test('a submission ends if its run disappears from Redis', async () => {
    const exporter = selecting(firstImageSets(500), async (count) => {
      if (count === 250) await redis.client.del(keys.runs)
    })
    const submission = fleet.submit({ exporter, request, selectors: 'all' })
    await expect(submission).rejects.toMatchObject({ code: 'FLEET_RUN_NOT_FOUND' })
    expect(await redis.client.keys(`${prefix}:fleet:submitter:*`)).toEqual([])
  })

  test('settings in another order are the same run, and other settings are another run', async () => {
    const exporter = selecting([])
    const settingsOfRuns = [
      { a: 1, b: [2] },
      { b: [2], a: 1 },
      { b: [2], a: 2 },
    ]
    const submitted = await Promise.all(
      settingsOfRuns.map(async (settings) =>
        fleet.submit({ exporter, request: { ...request, settings }, selectors: 'all' }),
      ),
    )
    const [first, reordered, other] = submitted.map(({ run }) => run.id)
    expect(reordered).toBe(first)
    expect(other).not.toBe(first)
    expect(await fleet.runs()).toHaveLength(2)
  })

  test('the first submission sets instancesPerPart', async () => {
    const options = { exporter: selecting([]), request, selectors: 'all' } as const
    await fleet.submit({ ...options, instancesPerPart: 50 })
    expect((await fleet.submit({ ...options, instancesPerPart: 60 })).run.instancesPerPart).toBe(50)
    await expect(fleet.submit({ ...options, instancesPerPart: 0 })).rejects.toThrow(RangeError)
  })

  test('memory does not grow with the number of image sets', async () => {
    const collect = garbageCollector()
    const used: number[] = []
    const exporter = selecting(firstImageSets(100_000), (count) => {
      if (count % 20_000 !== 0) return
      collect()
      used.push(process.memoryUsage().heapUsed)
    })
    expect(await fleet.submit({ exporter, request, selectors: 'all' })).toMatchObject({ added: 100_000 })
    const [early = 0] = used
    expect(used).toHaveLength(5)
    // The series seen so far may take 24 MiB before they go to a database.
    expect(Math.max(...used) - early).toBeLessThan(32 * 2 ** 20)
  })
})

function selector(sopInstanceUid: string): StudySelector {
  return { studyInstanceUid: '1', seriesInstanceUid: '1.1', sopInstanceUid }
}

function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}
