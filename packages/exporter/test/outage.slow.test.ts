import { createAhiClient, type AhiClientOptions, type ServiceOutage } from '@ahi-dicom/ahi-client'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { createExporter, type ErrorEntry, type ExportOptions, type ExportSummary } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type Absence, type Gateway } from './doubles/gateway.ts'
import { connection, exportedFiles, linesOf, temporaryFolder, withoutSharing } from './doubles/lane-store.ts'

const instances = 1000
let emulator: Emulator

beforeAll(async () => {
  emulator = await startEmulator()
  await emulator.addSyntheticImageSets({ instances, rows: 32, columns: 32 })
})
afterAll(() => emulator.close())

interface Outage {
  readonly absence: Absence
  /** Length of the outage in milliseconds. Default: the service does not come back. */
  readonly ms?: number
}

interface Run {
  readonly summary: ExportSummary
  readonly told: readonly ServiceOutage[]
  /** Attempts to connect while connections were reset. */
  readonly resets: number
}

interface RunOptions {
  readonly client?: AhiClientOptions
  readonly job?: Partial<ExportOptions>
  readonly isLocal?: boolean
  readonly onAway?: () => void
}

/** Exports everything. The service goes away once 100 instances are done. */
async function run(directory: string, outage: Outage | undefined, options: RunOptions = {}): Promise<Run> {
  await using gateway = await startGateway(emulator.endpoint)
  const told: ServiceOutage[] = []
  await using client = createAhiClient({
    ...connection(gateway),
    onOutage: (outage) => told.push(outage),
    ...options.client,
  })
  await using exporter = createExporter({
    client: options.isLocal === true ? withoutSharing(client) : client,
    lanes: 2,
  })
  let away: Promise<void> | undefined
  const summary = await exporter.exportTo({
    datastoreId: emulator.datastoreId,
    selectors: 'all',
    destination: folderDestination({ directory }),
    onProgress({ instances: { done } }) {
      if (outage === undefined || done < 100 || away !== undefined) return
      away = begin(gateway, outage)
      options.onAway?.()
    },
    ...options.job,
  })
  await away
  return { summary, told, resets: gateway.resets }
}

async function begin(gateway: Gateway, { absence, ms }: Outage): Promise<void> {
  await (ms === undefined ? gateway.leave(absence) : gateway.absent(absence, ms))
}

test.each([
  { absence: 'refused', ms: 1000, isLocal: false },
  { absence: 'refused', ms: 3000, isLocal: false },
  { absence: 'reset', ms: 1000, isLocal: false },
  { absence: 'refused', ms: 1000, isLocal: true },
] as const)(
  'an outage ($absence) of $ms ms loses no instance, in the main thread: $isLocal',
  { timeout: 60_000 },
  async ({ absence, ms, isLocal }) => {
    await using folder = await temporaryFolder()
    const { summary, told, resets } = await run(folder.path, { absence, ms }, { isLocal })
    expect(summary).toMatchObject({
      outcome: 'complete',
      instances: { selected: instances, written: instances, failed: 0, unfinished: 0 },
      errors: {},
    })
    expect(exportedFiles(folder.path).size).toBe(instances)
    expect(told).toMatchObject([{ until: undefined }, { until: expect.any(Date) }])
    // 64 requests in progress, and probes after 0.1 s, 0.2 s, 0.4 s, …
    expect(resets).toBeLessThan(64 + 10)
  },
)

test('a lasting outage ends the job, and it can be resumed', { timeout: 30_000 }, async () => {
  await using folder = await temporaryFolder()
  const { summary } = await run(folder.path, { absence: 'refused' }, { client: { outageTimeoutMs: 1500 } })
  const { written, unfinished } = summary.instances
  expect(summary).toMatchObject({
    outcome: 'retryable',
    instances: { selected: instances, failed: 0, skipped: 0 },
    imageSets: { failed: 0 },
    errors: { AHI_OUTAGE: 1 },
    retryableOnly: true,
    fatal: { code: 'AHI_OUTAGE', message: expect.stringContaining('has been away for 2 s') },
  })
  expect(written).toBeGreaterThanOrEqual(100)
  expect(written + unfinished).toBe(instances)
  const errors = linesOf<ErrorEntry>(folder.path, 'errors')
  expect(errors).toEqual([
    { datastoreId: emulator.datastoreId, code: 'AHI_OUTAGE', message: summary.fatal?.message, retryable: true },
  ])
  const resumed = await run(folder.path, undefined, { job: { mode: 'resume' } })
  expect(resumed.summary).toMatchObject({
    outcome: 'complete',
    instances: { written: unfinished, skipped: written, failed: 0 },
  })
})

test('an abort during an outage ends the wait at once', { timeout: 30_000 }, async () => {
  await using folder = await temporaryFolder()
  const controller = new AbortController()
  let abortedAt = Infinity
  const onAway = (): void =>
    void setTimeout(() => {
      abortedAt = performance.now()
      controller.abort(new Error('enough'))
    }, 1000)
  const { summary } = await run(folder.path, { absence: 'refused' }, { onAway, job: { signal: controller.signal } })
  expect(performance.now() - abortedAt).toBeLessThan(1000)
  expect(summary).toMatchObject({ outcome: 'interrupted', instances: { failed: 0 }, errors: {} })
})

test('a service that is unavailable from the start fails at once', async () => {
  await using folder = await temporaryFolder()
  await using gateway = await startGateway(emulator.endpoint)
  await gateway.leave('refused')
  await using exporter = createExporter({ ...connection(gateway), lanes: 1 })
  const start = performance.now()
  const summary = await exporter.exportTo({
    datastoreId: emulator.datastoreId,
    selectors: 'all',
    destination: folderDestination({ directory: folder.path }),
  })
  // Nothing listens there, as with a wrong region or endpoint, so a retry does not help.
  expect(summary).toMatchObject({ outcome: 'fatal', errors: { AHI_UNAVAILABLE: 1 } })
  expect(linesOf<ErrorEntry>(folder.path, 'errors')).toMatchObject([
    { retryable: false, message: expect.stringMatching(/check the region, the endpoint/) },
  ])
  expect(performance.now() - start).toBeLessThan(5000)
})

test('an outage between two documents ends the job, and no image set counts as failed', async () => {
  await using folder = await temporaryFolder()
  await using gateway = await startGateway(emulator.endpoint)
  await using client = createAhiClient({ ...connection(gateway), outageTimeoutMs: 300 })
  await using exporter = createExporter({ client, lanes: 1 })
  for await (const _ of client.searchImageSets({ datastoreId: emulator.datastoreId }));
  await gateway.leave('refused')
  const imageSets = ['a', 'b', 'c', 'd'].map((letter) => ({ imageSetId: letter.repeat(32) }))
  const summary = await exporter.exportTo({
    datastoreId: emulator.datastoreId,
    selectors: imageSets,
    destination: folderDestination({ directory: folder.path }),
  })
  expect(summary).toMatchObject({ outcome: 'retryable', imageSets: { failed: 0 }, errors: { AHI_OUTAGE: 1 } })
  expect(linesOf<ErrorEntry>(folder.path, 'errors')).toHaveLength(1)
})
