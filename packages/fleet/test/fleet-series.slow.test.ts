import { createHash } from 'node:crypto'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createAhiClient, type AhiClient } from '@ahi-dicom/ahi-client'
import { generateStudy, startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { createFormats, verifyExport, type FormatName } from '@ahi-dicom/export-files'
import { createExporter, parseFilter, type ExportSummary, type SelectionOptions } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { createFleet, type FleetReport, type OpenRun, type WorkSummary } from '@ahi-dicom/fleet'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { secondaryCapture } from '../../ahi-emulator/test/support/secondary-capture.ts'
import { filesBelow, temporaryDirectory } from '../../exporter-fs/test/temporary-directory.ts'
import { hasRedis, startRedis, type RedisServer } from './redis-server.ts'

const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }

describe.skipIf(!hasRedis)('a fleet with formats of series', () => {
  let emulator: Emulator
  let redis: RedisServer
  let prefixes = 0

  beforeAll(async () => {
    emulator = await startEmulator()
    const files = [...generateStudy({ seed: 1, ctSlices: 12, ultrasoundFrames: 3 })].map((file) => file.data)
    await emulator.importDicom(files)
    await emulator.addSyntheticImageSets({ imageSets: 9, instances: 3, rows: 64, columns: 64 })
    redis = await startRedis()
  })
  afterEach(() => emulator.faults.clear())
  afterAll(async () => {
    await redis[Symbol.asyncDispose]()
    await emulator.close()
  })

  interface Single {
    readonly summary: ExportSummary
    /** SHA-256 of each file, by path. */
    readonly files: Record<string, string>
  }

  /** What to export. Default: all of the emulator's first data store. */
  interface Selected extends Pick<SelectionOptions, 'filters'> {
    readonly datastoreId: string
    readonly selectors: 'all' | readonly string[]
  }

  function everything(): Selected {
    return { datastoreId: emulator.datastoreId, selectors: 'all' }
  }

  async function exportOnce(names: readonly FormatName[], selected = everything()): Promise<Single> {
    using folder = temporaryDirectory()
    await using client = ahiClient(emulator)
    await using exporter = createExporter({ client, lanes: 2 })
    const destination = folderDestination({ directory: folder.path })
    const formats = createFormats(names)
    const summary = await exporter.exportTo({ ...selected, destination, formats })
    return { summary, files: digestsOf(folder.path) }
  }

  interface Given extends AsyncDisposable {
    readonly directory: string
    work(name?: string): Promise<WorkSummary>
    report(): Promise<FleetReport>
    retry(): Promise<number>
    sync(): Promise<ExportSummary>
  }

  /** Submits a run whose image sets would be cut into parts if its formats allowed that. */
  async function submitted(names: readonly FormatName[], selected = everything()): Promise<Given> {
    const folder = temporaryDirectory()
    const fleet = createFleet({ connection: { url: redis.url }, prefix: `series${(prefixes += 1)}`, lockMs: 1000 })
    const client = ahiClient(emulator)
    const exporter = createExporter({ client, lanes: 2 })
    const { datastoreId, selectors, filters } = selected
    const request = { datastoreId, destination: folder.path, settings: {} }
    const { run } = await fleet.submit({ exporter, request, selectors, filters, instancesPerPart: 2 })
    const openRun: OpenRun = (_, { writer }) => ({
      destination: folderDestination({ directory: folder.path, writer }),
      formats: createFormats(names),
      filters,
      selection: { selectors },
    })
    return {
      directory: folder.path,
      work: (name) => fleet.work({ exporter, client, openRun, name, untilEmpty: true }),
      report: () => fleet.report(run.id, { openRun }),
      retry: () => fleet.retry(run.id),
      sync: () => {
        const destination = folderDestination({ directory: folder.path })
        return exporter.sync({ datastoreId, selectors: 'all', destination, formats: createFormats(names) })
      },
      async [Symbol.asyncDispose]() {
        await fleet.close()
        await exporter.close()
        await client.close()
        folder[Symbol.dispose]()
      },
    }
  }

  async function expectComplete(given: Given, { summary: single, files }: Single): Promise<void> {
    const report = await given.report()
    expect(report).toMatchObject({ outcome: 'complete', isOver: true, lostFiles: 0, requeuedJobs: 0 })
    const { selected, written } = single.instances
    expect(report.summary).toMatchObject({
      instances: { selected, written, failed: 0 },
      files: single.files,
      frames: single.frames,
      bytesWritten: single.bytesWritten,
      errors: {},
    })
    expect(digestsOf(given.directory)).toEqual(files)
    const problems: unknown[] = []
    for await (const event of verifyExport(folderDestination({ directory: given.directory }))) {
      if (event.kind === 'problem') problems.push(event)
    }
    expect(problems).toEqual([])
  }

  test.each([2, 6])('a format that failed %i times is repeated beside one that did not', async (times) => {
    const names = ['npz', 'contact-sheet'] as const
    const { datastoreId } = await emulator.createDatastore()
    const study = generateStudy({ ctSlices: 5, ultrasoundFrames: 0, report: false })
    await emulator.importDicom(
      Array.from(study, ({ data }) => data),
      { datastoreId },
    )
    const selected = { datastoreId, selectors: 'all' } as const
    const single = await exportOnce(names, selected)
    expect(single.summary.outcome).toBe('complete')
    await using given = await submitted(names, selected)
    emulator.faults.set({ rules: [{ operations: ['GetImageFrame'], times, fault: { kind: 'corrupt', bytes: 4 } }] })
    expect(await given.work()).toMatchObject({ failed: 0 })
    await expectComplete(given, single)
    const synced = await given.sync()
    expect(synced).toMatchObject({ outcome: 'complete', sync: { imageSets: { unchanged: 1 } } })
  })

  /** Imports a series whose third instance is only in an image set that is not primary, and whose second is in both. */
  async function importShared() {
    const { datastoreId } = await emulator.createDatastore()
    const [one, two, three] = ['1', '2', '3'].map((number) => ({ SOPInstanceUID: `2.25.7${number}` }))
    await emulator.importDicom([secondaryCapture(one), secondaryCapture(two)], { datastoreId })
    const others = [two, three].map((attributes) => secondaryCapture({ ...attributes, StudyID: 'S2' }))
    const { imageSets } = await emulator.importDicom(others, { datastoreId })
    return { datastoreId, nonPrimary: imageSets[0]?.imageSetId ?? '' }
  }

  const series = '2.25.10/2.25.100'

  test.each<[string, readonly FormatName[], Pick<Selected, 'filters'> & { readonly instance: string }]>([
    ['the instances that a selector leaves out', ['dcm'], { instance: '2.25.71' }],
    ['the instances that a filter leaves out', ['dcm'], { instance: '2.25.72', filters: [parseFilter('StudyID=S2')] }],
    ['a series of which another image set exports a part', ['dcm', 'contact-sheet'], { instance: '2.25.71' }],
    ['a series of which another image set exports nothing', ['contact-sheet'], { instance: '2.25.79' }],
  ])('a fleet writes what a single export writes: %s', async (_, names, { instance, filters }) => {
    const { datastoreId, nonPrimary } = await importShared()
    const selected = { datastoreId, selectors: [`${series}/${instance}`, nonPrimary], filters }
    const { summary: single, files } = await exportOnce(names, selected)
    expect(single.instances.selected).toBeGreaterThanOrEqual(2)
    await using given = await submitted(names, selected)
    await given.work()
    const { summary } = await given.report()
    expect(digestsOf(given.directory)).toEqual(files)
    const { written, failed } = single.instances
    expect(summary).toMatchObject({ instances: { written, failed }, files: single.files, errors: single.errors })
  })

  describe.each<[string, readonly FormatName[]]>([
    ['series', ['contact-sheet']],
    ['instances and series', ['dcm', 'contact-sheet']],
  ])('and files of %s', (_, names) => {
    test('two workers write the same files as a single export', async () => {
      const single = await exportOnce(names)
      expect(single.summary.outcome).toBe('complete')
      await using given = await submitted(names)
      const summaries = await Promise.all([given.work(), given.work()])
      // No image set is cut into parts.
      expect(summaries[0].jobs + summaries[1].jobs).toBe(single.summary.imageSets.selected)
      await expectComplete(given, single)
    })

    test('each instance counts once if its series or its file failed, and the jobs can be retried', async () => {
      const single = await exportOnce(names)
      await using given = await submitted(names)
      const fault = { kind: 'error', code: 'ResourceNotFoundException' } as const
      emulator.faults.set({
        rules: [
          { operations: ['GetImageFrame'], rate: 0.2, fault },
          { operations: ['GetDICOMInstance'], fault },
        ],
      })
      const { failed } = await given.work()
      expect(failed).toBeGreaterThan(0)
      const { isOver, summary } = await given.report()
      expect(isOver).toBe(true)
      expect(summary.instances.failed).toBeGreaterThan(0)
      expect(summary.instances.written + summary.instances.failed).toBe(single.summary.instances.selected)
      expect(summary.imageSets.failed).toBe(0)
      emulator.faults.clear()
      expect(await given.retry()).toBe(failed)
      await given.work()
      await expectComplete(given, single)
    })

    test('a retry leaves no failure in the report that it repaired', async () => {
      const single = await exportOnce(names)
      await using given = await submitted(names)
      const fault = { kind: 'error', code: 'ResourceNotFoundException' } as const
      const noInstances = { operations: ['GetDICOMInstance'], fault } as const
      emulator.faults.set({ rules: [{ operations: ['GetImageFrame'], fault }, noInstances] })
      await given.work()
      const { failed } = (await given.report()).summary.instances
      emulator.faults.set({ rules: [{ operations: ['GetImageFrame'], times: 1, fault }, noInstances] })
      await given.retry()
      await given.work()
      const { summary } = await given.report()
      expect(Object.values(summary.errors)).toEqual([1])
      expect(summary.instances.failed).toBeLessThan(failed)
      expect(summary.instances.written + summary.instances.failed).toBe(single.summary.instances.selected)
      emulator.faults.clear()
      await given.retry()
      await given.work()
      await expectComplete(given, single)
    })

    test('image sets that are missing in the record are exported again', async () => {
      const single = await exportOnce(names)
      await using given = await submitted(names)
      await Promise.all([given.work('one'), given.work('two')])
      rmSync(join(given.directory, '.ahi-dicom/writers/one'), { recursive: true })
      const report = await given.report()
      expect(report).toMatchObject({ outcome: 'retryable', isOver: false })
      expect(report.summary.errors).toEqual({ FLEET_INSTANCES_MISSING: report.requeuedJobs })
      expect(report.summary.instances.selected).toBe(single.summary.instances.selected)
      await given.work()
      await expectComplete(given, single)
    })
  })
})

function digestsOf(directory: string): Record<string, string> {
  const paths = filesBelow(directory).filter((path) => path.includes('/') && !path.startsWith('.'))
  const digest = (path: string): string =>
    createHash('sha256')
      .update(readFileSync(join(directory, path)))
      .digest('hex')
  return Object.fromEntries(paths.toSorted().map((path) => [path, digest(path)]))
}

function ahiClient({ endpoint }: Emulator): AhiClient {
  return createAhiClient({ endpoint, region: 'us-east-1', credentials })
}
