import { createAhiClient } from '@ahi-dicom/ahi-client'
import { createExporter, type Exporter, type ExportOptions, type ExportSummary } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import {
  connection,
  exportedFiles,
  laneStore,
  temporaryFolder,
  withoutSharing,
  type LaneStore,
} from './doubles/lane-store.ts'

let store: LaneStore

beforeAll(async () => {
  store = await laneStore({ slices: 24, loops: 0, loopFrames: 1 })
})
afterEach(() => store.emulator.faults.clear())
afterAll(() => store[Symbol.asyncDispose]())

interface Stopped {
  readonly summary: ExportSummary
  /** The arguments of each `onStop` call. */
  readonly told: readonly { readonly instances: number }[]
}

/** Exports with slow frames, and stops after the first written instance. */
async function stopped(exporter: Exporter, directory: string, options: Partial<ExportOptions> = {}): Promise<Stopped> {
  const stop = new AbortController()
  const told: { readonly instances: number }[] = []
  const summary = await exporter.exportTo({
    datastoreId: store.emulator.datastoreId,
    selectors: 'all',
    destination: folderDestination({ directory }),
    stop: stop.signal,
    onStop: (state) => void told.push(state),
    onProgress({ instances }) {
      if (instances.done > 0) stop.abort(new Error('enough'))
    },
    ...options,
  })
  return { summary, told }
}

describe.each(['threads', 'the main thread'])('a gentle stop of lanes in %s', (place) => {
  async function withExporter<T>(run: (exporter: Exporter) => Promise<T>): Promise<T> {
    await using client = createAhiClient({ ...connection(store.emulator) })
    const own = place === 'threads' ? client : withoutSharing(client)
    await using exporter = createExporter({ client: own, lanes: 1, fetchConcurrency: 4 })
    return await run(exporter)
  }

  test('finishes started instances, starts no more, and can be resumed', async () => {
    await using folder = await temporaryFolder()
    store.emulator.faults.set({ rules: [{ operations: ['GetImageFrame'], fault: { kind: 'latency', ms: 100 } }] })
    const { summary, told } = await withExporter((exporter) => stopped(exporter, folder.path))
    const { written, failed, unfinished } = summary.instances
    expect(summary).toMatchObject({ outcome: 'interrupted', errors: {} })
    expect(told).toEqual([{ instances: expect.any(Number), timeoutMs: 30_000 }])
    expect({ failed, isSome: unfinished > 0 }).toEqual({ failed: 0, isSome: true })
    expect(written).toBeGreaterThan(1)
    expect(written).toBeLessThan(14)
    expect(exportedFiles(folder.path).size).toBe(written)
    const resumed = await withExporter((exporter) =>
      exporter.exportTo({
        datastoreId: store.emulator.datastoreId,
        selectors: 'all',
        destination: folderDestination({ directory: folder.path }),
        mode: 'resume',
      }),
    )
    expect(resumed).toMatchObject({ outcome: 'complete', instances: { skipped: written, written: 24 - written } })
  })

  test('aborts instances that take longer than stopTimeoutMs', async () => {
    await using folder = await temporaryFolder()
    const slow = { operations: ['GetImageFrame'], after: 2, fault: { kind: 'latency', ms: 20_000 } } as const
    store.emulator.faults.set({ rules: [slow] })
    const start = performance.now()
    const { summary } = await withExporter((exporter) => stopped(exporter, folder.path, { stopTimeoutMs: 300 }))
    expect(summary).toMatchObject({ outcome: 'interrupted', errors: {} })
    expect(performance.now() - start).toBeLessThan(15_000)
    expect(exportedFiles(folder.path).size).toBe(summary.instances.written)
  })
})

test('a stop before the start starts nothing', async () => {
  await using folder = await temporaryFolder()
  await using exporter = createExporter({ client: store.client })
  const job = stopped(exporter, `${folder.path}/none`, { stop: AbortSignal.abort(new Error('enough')) })
  await expect(job).rejects.toThrow('enough')
  expect(exportedFiles(folder.path).size).toBe(0)
})

test('a stop after the last instance interrupts nothing', async () => {
  await using folder = await temporaryFolder()
  await using exporter = createExporter({ client: store.client, lanes: 1 })
  const stop = new AbortController()
  const { summary } = await stopped(exporter, folder.path, {
    stop: stop.signal,
    onProgress({ instances, isTotalKnown }) {
      if (isTotalKnown && instances.done === instances.total) stop.abort(new Error('enough'))
    },
  })
  expect(summary).toMatchObject({ outcome: 'complete', instances: { written: 24 } })
})
