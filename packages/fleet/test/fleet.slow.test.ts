import { spawn, type ChildProcess } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createAhiClient, type AhiClient } from '@ahi-dicom/ahi-client'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { verifyExport } from '@ahi-dicom/export-files'
import { createExporter, type ExporterOptions, type ExportSummary } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { s3Destination } from '@ahi-dicom/exporter-s3'
import {
  createFleet,
  type Fleet,
  type FleetReport,
  type OpenRun,
  type Run,
  type SubmitOptions,
  type WorkEvent,
} from '@ahi-dicom/fleet'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { filesBelow, temporaryDirectory } from '../../exporter-fs/test/temporary-directory.ts'
import { startFakeS3 } from '../../exporter-s3/test/fake-s3.ts'
import { openFleetContext } from '../src/fleet-context.ts'
import { hasRedis, startRedis, type RedisServer } from './redis-server.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }
const region = 'us-east-1'
const lockMs = 1000
const imageSets = 60

describe.skipIf(!hasRedis)('a fleet with a folder', () => {
  let emulator: Emulator
  let redis: RedisServer
  let prefixes = 0
  /** SHA-256 of each file of a single export, by path. */
  let expected: Record<string, string>
  let expectedInstances: number

  beforeAll(async () => {
    emulator = await startEmulator()
    for (const seed of [1, 2, 3]) {
      const files = [...generateStudy({ seed, ctSlices: 12, ultrasoundFrames: 3 })].map((file) => file.data)
      await emulator.importDicom(files)
    }
    await emulator.addSyntheticImageSets({ imageSets, instances: 2, rows: 64, columns: 64 })
    redis = await startRedis('--appendonly', 'yes', '--appendfsync', 'always')
    using directory = temporaryDirectory()
    const single = await exportOnce(directory.path)
    if (single.outcome !== 'complete') throw new Error(`Cannot export: ${single.outcome}`)
    expectedInstances = single.instances.written
    expected = digestsOf(directory.path)
  })
  afterAll(async () => {
    await redis[Symbol.asyncDispose]()
    await emulator.close()
  })

  function ahiClient(): AhiClient {
    return createAhiClient({ endpoint: emulator.endpoint, region, credentials })
  }

  async function exportOnce(directory: string): Promise<ExportSummary> {
    await using client = ahiClient()
    await using exporter = createExporter({ client, lanes: 2 })
    const destination = folderDestination({ directory })
    return await exporter.exportTo({ datastoreId: emulator.datastoreId, selectors: 'all', destination })
  }

  type Submission = Partial<Pick<SubmitOptions, 'instancesPerPart' | 'selectors'>> &
    Pick<ExporterOptions, 'fetchConcurrency'>

  interface Given extends AsyncDisposable {
    readonly fleet: Fleet
    readonly prefix: string
    readonly run: Run
    readonly directory: string
    readonly openRun: OpenRun
    readonly events: WorkEvent[]
    /** Submits another run to the same folder. */
    submitOther(selectors: SubmitOptions['selectors']): Promise<Run>
    work(options?: Partial<Parameters<Fleet['work']>[0]>): ReturnType<Fleet['work']>
    report(): Promise<FleetReport>
  }

  async function submitted({ instancesPerPart, selectors = 'all', fetchConcurrency }: Submission = {}): Promise<Given> {
    const folder = temporaryDirectory()
    const prefix = `fleet${(prefixes += 1)}`
    const fleet = createFleet({ connection: { url: redis.url }, prefix, lockMs })
    const client = ahiClient()
    const exporter = createExporter({ client, lanes: 2, fetchConcurrency })
    const { datastoreId } = emulator
    const request = { datastoreId, destination: folder.path, settings: {} }
    const { run } = await fleet.submit({ exporter, request, selectors, instancesPerPart })
    const openRun: OpenRun = (_, { writer }) => ({
      destination: folderDestination({ directory: folder.path, writer }),
      selection: { selectors: 'all' },
    })
    const events: WorkEvent[] = []
    return {
      fleet,
      prefix,
      run,
      directory: folder.path,
      openRun,
      events,
      async submitOther(others) {
        const another = { ...request, settings: { other: true } }
        return (await fleet.submit({ exporter, request: another, selectors: others })).run
      },
      work: (options = {}) =>
        fleet.work({
          exporter,
          client,
          openRun,
          untilEmpty: true,
          onEvent: (event) => void events.push(event),
          ...options,
        }),
      report: () => fleet.report(run.id, { openRun, maxMemory: 0 }),
      async [Symbol.asyncDispose]() {
        await fleet.close()
        await exporter.close()
        await client.close()
        folder[Symbol.dispose]()
      },
    }
  }

  /** Starts a worker in a separate process. */
  function startWorker({ prefix, directory }: Given, more: object): ChildProcess {
    const settings = { redisUrl: redis.url, prefix, lockMs, endpoint: emulator.endpoint, directory, ...more }
    const script = fileURLToPath(new URL('worker-process.ts', import.meta.url))
    return spawn(process.execPath, ['--conditions=@ahi-dicom/source', script, JSON.stringify(settings)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
  }

  async function expectComplete(given: Given): Promise<FleetReport> {
    const report = await given.report()
    expect(report).toMatchObject({
      outcome: 'complete',
      isOver: true,
      conflicts: [],
      lostFiles: 0,
      requeuedJobs: 0,
      summary: { instances: { selected: expectedInstances, written: expectedInstances, failed: 0 }, errors: {} },
    })
    expect(digestsOf(given.directory)).toEqual(expected)
    await expectVerified(given.directory)
    return report
  }

  async function expectVerified(directory: string): Promise<void> {
    const problems: unknown[] = []
    const files: string[] = []
    const destination = folderDestination({ directory })
    for await (const event of verifyExport(destination)) if (event.kind === 'problem') problems.push(event)
    expect(problems).toEqual([])
    for (const line of readFileSync(join(directory, 'manifest.ndjson'), 'utf8').trimEnd().split('\n')) {
      const entry: unknown = JSON.parse(line)
      if (typeof entry === 'object' && entry !== null && 'path' in entry) files.push(String(entry.path))
    }
    expect(files.toSorted()).toEqual(Object.keys(expected).toSorted())
  }

  test('two workers write the same files as a single export, and record each instance once', async () => {
    await using given = await submitted()
    const summaries = await Promise.all([given.work(), given.work()])
    const status = await given.fleet.status(given.run.id)
    expect(status).toMatchObject({ instances: expectedInstances, imageSets: { failed: 0, waiting: 0, active: 0 } })
    expect(summaries[0].jobs + summaries[1].jobs).toBe(status.imageSets.done)
    expect(summaries[0].instances + summaries[1].instances).toBe(expectedInstances)
    const { summary } = await expectComplete(given)
    expect(summary.fleet.writers).toEqual({ merged: 2, running: [] })
    expect((await given.fleet.runs())[0]?.reportedAt).toBeInstanceOf(Date)
    await expectComplete(given)
  })

  test('large image sets are exported in parts', async () => {
    await using given = await submitted({ instancesPerPart: 5 })
    await given.work()
    const { imageSets: jobs } = await given.fleet.status(given.run.id)
    // Three CT series of twelve have two further parts each.
    expect(jobs).toMatchObject({ done: imageSets + 3 * 3 + 3 * 2, failed: 0 })
    await expectComplete(given)
  })

  test('a worker finishes the jobs of killed workers', async () => {
    await using given = await submitted()
    for (const diesAfterMs of [0, 50, 150]) await exitOf(startWorker(given, { diesAfterMs }))
    const { imageSets: left } = await given.fleet.status(given.run.id)
    expect(left.waiting + left.active).toBeGreaterThan(0)
    await given.work()
    await expectComplete(given)
  })

  test('a job that kills one worker after another fails, is reported, and can be retried', async () => {
    const [path = ''] = Object.keys(expected)
    const [studyInstanceUid = '', seriesInstanceUid = ''] = path.split('/')
    await using given = await submitted({ selectors: [{ studyInstanceUid, seriesInstanceUid }] })
    const context = await openFleetContext({ url: redis.url }, given.prefix)
    const queue = context.queue(given.run.id)
    const [job] = await queue.getWaiting()
    // Seven workers died with the job before.
    await context.redis.client.hset(queue.toKey(job?.id ?? ''), 'stc', '7')
    await context.close()
    for (let worker = 0; worker < 2; worker += 1) await exitOf(startWorker(given, { diesAfterMs: 0 }))
    expect(await given.work()).toMatchObject({ jobs: 0, failed: 1 })
    expect(await given.report()).toMatchObject({
      outcome: 'retryable',
      summary: { errors: { FLEET_JOB_LOST: 1 }, imageSets: { failed: 1 } },
    })
    expect(await given.fleet.retry(given.run.id)).toBe(1)
    expect(await given.work()).toMatchObject({ jobs: 1, failed: 0 })
    expect(await given.report()).toMatchObject({ outcome: 'complete', summary: { errors: {} } })
  })

  test('a job that two workers do at the same time is recorded once', async () => {
    await using given = await submitted()
    const context = await openFleetContext({ url: redis.url }, given.prefix)
    const queue = context.queue(given.run.id)
    const first = given.work()
    // Simulates expired locks: the jobs go back into the queue while the worker still does them.
    let repeated = 0
    while (repeated < 5) {
      for (const id of await context.redis.client.lrange(queue.toKey('active'), 0, -1)) {
        await context.redis.client.del(queue.toKey(`${id}:lock`))
        if ((await context.redis.client.lrem(queue.toKey('active'), 1, id)) === 0) continue
        await context.redis.client.rpush(queue.toKey('wait'), id)
        repeated += 1
      }
    }
    const summaries = await Promise.all([first, given.work()])
    await context.close()
    expect(summaries.map(({ failed }) => failed)).toEqual([0, 0])
    await expectComplete(given)
  })

  test('nothing is lost if Redis is killed and restarted', async () => {
    await using given = await submitted()
    const working = Promise.all([given.work(), given.work()])
    await until(() => given.events.some(({ kind }) => kind === 'run-opened'))
    await redis.kill()
    await until(() => given.events.some(({ kind }) => kind === 'redis-away'))
    await redis.start()
    const summaries = await working
    expect(summaries.map(({ failed }) => failed)).toEqual([0, 0])
    expect(given.events.filter(({ kind }) => kind === 'redis-away').length).toBeLessThanOrEqual(2)
    expect(given.events).toContainEqual({ kind: 'redis-back' })
    await expectComplete(given)
  })

  test('a stopped worker leaves its remaining jobs to another worker', async () => {
    await using given = await submitted()
    const stop = new AbortController()
    const stopped = given.work({ stop: stop.signal, graceMs: 0, concurrency: 8 })
    await until(() => given.events.some(({ kind }) => kind === 'run-opened'))
    stop.abort()
    const first = await stopped
    const { imageSets: left } = await given.fleet.status(given.run.id)
    expect(left).toMatchObject({ active: 0, done: first.jobs })
    expect(left.waiting).toBeGreaterThan(0)
    const early = await given.report()
    expect(early).toMatchObject({
      outcome: 'interrupted',
      isOver: false,
      summary: { errors: { FLEET_RUN_ACTIVE: 1 } },
    })
    await given.work()
    await expectComplete(given)
  })

  test('a stop in the middle of an image set keeps its finished instances', async () => {
    const [series = ''] = Object.entries(instancesBySeries(expected)).find(([, paths]) => paths?.length === 12) ?? []
    const [studyInstanceUid = '', seriesInstanceUid = ''] = series.split('/')
    const selectors = [{ studyInstanceUid, seriesInstanceUid }]
    await using given = await submitted({ selectors, fetchConcurrency: 1 })
    emulator.resetCounters()
    const stop = new AbortController()
    const stopped = given.work({ stop: stop.signal, graceMs: 0 })
    await until(() => framesAsked() >= 4)
    stop.abort()
    expect(await stopped).toMatchObject({ jobs: 0, failed: 0 })
    const context = await openFleetContext({ url: redis.url }, given.prefix)
    const [job] = await context.queue(given.run.id).getWaiting()
    await context.close()
    const left = job?.data.only?.length ?? 0
    expect(left).toBeGreaterThan(0)
    expect(job?.progress).toEqual({ attempts: 0, instances: 12 - left })
    await given.work()
    expect(framesAsked()).toBeLessThanOrEqual(12 + 2)
    expect(await given.report()).toMatchObject({ outcome: 'complete', summary: { instances: { written: 12 } } })
  })

  function framesAsked(): number {
    return emulator.counters().requests['GetImageFrame']?.['200'] ?? 0
  }

  test('failed instances are reported, and their jobs can be retried', async () => {
    await using given = await submitted()
    const fault = { kind: 'error', code: 'ResourceNotFoundException' } as const
    emulator.faults.set({
      rules: [
        { operations: ['GetImageFrame'], rate: 0.2, fault },
        { operations: ['GetDICOMInstance'], fault },
      ],
    })
    const { failed } = await given.work()
    expect(failed).toBeGreaterThan(0)
    const report = await given.report()
    expect(report).toMatchObject({ isOver: true })
    expect(['failed', 'retryable', 'checksum-mismatch']).toContain(report.outcome)
    const lines = readFileSync(join(given.directory, 'errors.ndjson'), 'utf8').trimEnd().split('\n')
    const { instances } = report.summary
    expect(lines).toHaveLength(instances.failed)
    expect(instances.written + instances.failed).toBe(expectedInstances)
    // No image set failed as a whole, because their documents could be read.
    expect(report.summary.imageSets.failed).toBe(0)
    emulator.faults.clear()
    expect(await given.fleet.retry(given.run.id)).toBe(failed)
    await given.work()
    await expectComplete(given)
  })

  test('a report that was aborted can be repeated', async () => {
    await using given = await submitted()
    await Promise.all([given.work(), given.work()])
    for (const delay of [1, 3, 10, 30, 60]) {
      await given.fleet
        .report(given.run.id, { openRun: given.openRun, signal: AbortSignal.timeout(delay) })
        .catch(() => undefined)
    }
    const { summary } = await expectComplete(given)
    expect(summary.fleet.writers.running).toEqual([])
  })

  test('missing files are exported again', async () => {
    await using given = await submitted()
    await given.work()
    const [path = ''] = Object.keys(expected)
    rmSync(join(given.directory, path))
    const report = await given.report()
    expect(report).toMatchObject({ isOver: false, lostFiles: 1, requeuedJobs: 1 })
    await given.work()
    await expectComplete(given)
  })

  test('image sets that are missing in the record are exported again', async () => {
    await using given = await submitted()
    await Promise.all([given.work({ name: 'one' }), given.work({ name: 'two' })])
    rmSync(join(given.directory, '.ahi-dicom/writers/one'), { recursive: true })
    const report = await given.report()
    expect(report).toMatchObject({ outcome: 'retryable', isOver: false, lostFiles: 0 })
    expect(report.requeuedJobs).toBeGreaterThan(0)
    expect(report.summary.errors).toEqual({ FLEET_INSTANCES_MISSING: report.requeuedJobs })
    expect(report.summary.instances.selected).toBe(expectedInstances)
    await given.work()
    await expectComplete(given)
  })

  test('image sets that are missing in the record are noticed if another run has more instances', async () => {
    const bySize = Object.entries(instancesBySeries(expected))
      .toSorted(([, a], [, b]) => (a?.length ?? 0) - (b?.length ?? 0))
      .map(([series]) => {
        const [studyInstanceUid = '', seriesInstanceUid = ''] = series.split('/')
        return { studyInstanceUid, seriesInstanceUid }
      })
    await using given = await submitted({ selectors: bySize.slice(0, 1) })
    await given.work({ name: 'one' })
    rmSync(join(given.directory, '.ahi-dicom/writers/one'), { recursive: true })
    const { id } = await given.submitOther(bySize.slice(-1))
    await given.work({ name: 'two', runId: id })
    expect(await given.report()).toMatchObject({
      outcome: 'retryable',
      requeuedJobs: 1,
      summary: { errors: { FLEET_INSTANCES_MISSING: 1 } },
    })
    await given.work()
    expect(await given.report()).toMatchObject({ outcome: 'complete', requeuedJobs: 0 })
  })

  test('a run that selects nothing is reported', async () => {
    await using given = await submitted({ selectors: [{ studyInstanceUid: '1.2.3' }] })
    await given.work()
    expect(await given.report()).toMatchObject({
      outcome: 'nothing-selected',
      isOver: true,
      summary: { errors: { NOTHING_SELECTED: 1 }, instances: { selected: 0 } },
    })
  })

  test('selectors that select no instance are reported', async () => {
    const [path = ''] = Object.keys(expected)
    const [studyInstanceUid = '', seriesInstanceUid = '', file = ''] = path.split('/')
    const there = { studyInstanceUid, seriesInstanceUid, sopInstanceUid: file.replace('.dcm', '') }
    await using given = await submitted({ selectors: [there, { ...there, sopInstanceUid: '1.2.3' }] })
    await given.work()
    const report = await given.report()
    expect(report).toMatchObject({
      outcome: 'failed',
      summary: { errors: { NOTHING_SELECTED: 1 }, instances: { written: 1 } },
    })
    expect(readFileSync(join(given.directory, 'errors.ndjson'), 'utf8')).toContain('"sopInstanceUid":"1.2.3"')
  })

  test('two workers write the same files to a bucket as a single export to a folder', async () => {
    await using given = await submitted()
    await using fake = await startFakeS3()
    const openRun: OpenRun = (_, { writer }) => ({
      destination: s3Destination({
        bucket: 'my-bucket',
        prefix: 'x',
        endpoint: fake.endpoint,
        credentials,
        region,
        writer,
      }),
    })
    const stop = new AbortController()
    const stopped = given.work({ openRun, stop: stop.signal, graceMs: 0 })
    await until(() => [...fake.objects.keys()].some((key) => key.endsWith('.dcm')))
    stop.abort()
    await stopped
    await Promise.all([given.work({ openRun }), given.work({ openRun })])
    const report = await given.fleet.report(given.run.id, { openRun })
    expect(report).toMatchObject({
      outcome: 'complete',
      isOver: true,
      summary: { instances: { written: expectedInstances }, errors: {}, fleet: { writers: { running: [] } } },
    })
    const files = [...fake.objects].filter(([key]) => key.endsWith('.dcm'))
    expect(Object.fromEntries(files.map(([key, bytes]) => [key.replace('x/', ''), digestOf(bytes)]))).toEqual(expected)
    expect([...fake.objects.keys()].filter((key) => key.includes('/writers/'))).toEqual([])
  })

  test('has metrics for Prometheus', async () => {
    await using given = await submitted()
    await given.work()
    const text = await given.fleet.metrics()
    expect(text).toContain(`ahi_dicom_fleet_instances_total{run="${given.run.id}"} ${expectedInstances}\n`)
    const { total } = (await given.fleet.status(given.run.id)).imageSets
    expect(text).toContain(`bullmq_job_completed_total{queue="${given.run.id}", run_state="submitted"} ${total}\n`)
    expect(text).toMatch(/^bullmq_job_count\{queue="[0-9a-f]{16}", state="completed", run_state="submitted"\} \d+$/m)
    const described = text.split('\n').filter((line) => line.startsWith('# HELP'))
    expect(new Set(described).size).toBe(described.length)
  })
})

function digestsOf(directory: string): Record<string, string> {
  const files = filesBelow(directory).filter((path) => path.endsWith('.dcm'))
  return Object.fromEntries(files.map((path) => [path, digestOf(readFileSync(join(directory, path)))]))
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function instancesBySeries(files: Readonly<Record<string, string>>): Record<string, readonly string[] | undefined> {
  return Object.groupBy(Object.keys(files), (path) => path.split('/').slice(0, 2).join('/'))
}

async function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
}

/** Polls a condition until it is true. The conditions here have no event. */
async function until(isMet: () => boolean): Promise<void> {
  while (!isMet()) await new Promise((resolve) => setImmediate(resolve))
}
