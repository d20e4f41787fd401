import { createAhiClient } from '@ahi-dicom/ahi-client'
import { startEmulator, type Emulator, type SyntheticImageSet } from '@ahi-dicom/ahi-emulator'
import { recordNames, verifyExport } from '@ahi-dicom/export-files'
import {
  createExporter,
  ExportEndedError,
  type Exporter,
  type ImageSetToExport,
  type OpenExport,
  type OpenExportOptions,
} from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startGateway } from './doubles/gateway.ts'
import { connection, exportedFiles, linesOf, temporaryFolder, withoutSharing } from './doubles/lane-store.ts'

const instancesOfEach = 4
let emulator: Emulator
let imageSets: readonly SyntheticImageSet[]

beforeAll(async () => {
  emulator = await startEmulator()
  imageSets = await emulator.addSyntheticImageSets({ imageSets: 6, instances: instancesOfEach, rows: 32, columns: 32 })
})
afterEach(() => emulator.faults.clear())
afterAll(() => emulator.close())

const whole = ({ imageSetId }: { readonly imageSetId: string }): ImageSetToExport => ({ imageSetId, versionId: '1' })

function framesFetched(): number {
  return Object.values(emulator.counters().requests['GetImageFrame'] ?? {}).reduce((sum, count) => sum + count, 0)
}

function openExport(exporter: Exporter, directory: string, options: Partial<OpenExportOptions> = {}) {
  const { datastoreId } = emulator
  return exporter.openExport({ datastoreId, destination: folderDestination({ directory }), ...options })
}

async function exportAll(open: OpenExport, some: readonly ImageSetToExport[]) {
  return await Promise.all(some.map((imageSet) => open.exportImageSet(imageSet)))
}

function finishedImageSets(directory: string): string[] {
  const lines = readFileSync(join(directory, recordNames.manifest), 'utf8').split('\n')
  return lines.flatMap((line) => (line.includes('"finished":true') ? [JSON.parse(line).imageSetId] : []))
}

async function problemsOf(directory: string): Promise<readonly string[]> {
  const problems: string[] = []
  for await (const event of verifyExport(folderDestination({ directory }))) {
    if (event.kind === 'problem') problems.push(event.message)
  }
  return problems
}

describe.each(['threads', 'the main thread'])('an open export with lanes in %s', (place) => {
  async function withExporter<T>(run: (exporter: Exporter, path: string) => Promise<T>): Promise<T> {
    await using folder = await temporaryFolder()
    await using client = createAhiClient(connection(emulator))
    const own = place === 'threads' ? client : withoutSharing(client)
    await using exporter = createExporter({ client: own, lanes: 2, fetchConcurrency: 8 })
    return await run(exporter, folder.path)
  }

  test('writes the same files and record as exportTo', async () => {
    await withExporter(async (exporter, path) => {
      await using folder = await temporaryFolder()
      const { datastoreId } = emulator
      await exporter.exportTo({
        datastoreId,
        selectors: 'all',
        destination: folderDestination({ directory: folder.path }),
      })
      const open = await openExport(exporter, path, { selection: { selectors: 'all' } })
      const results = await exportAll(open, imageSets.map(whole))
      for (const result of results) {
        expect(result).toMatchObject({ instances: 4, frames: 4, skipped: 0, failures: [], left: [], met: [] })
      }
      const summary = await open.close()
      await open.ended
      expect(summary).toMatchObject({ outcome: 'complete', imageSets: { selected: 6 }, instances: { written: 24 } })
      expect(results.reduce((sum, { byteLength }) => sum + byteLength, 0)).toBe(summary.bytesWritten)
      expect(exportedFiles(path)).toEqual(exportedFiles(folder.path))
      expect(finishedImageSets(path).toSorted()).toEqual(imageSets.map(({ imageSetId }) => imageSetId).toSorted())
      expect(await problemsOf(path)).toEqual([])
      const destination = folderDestination({ directory: path })
      const synced = await exporter.sync({ datastoreId, selectors: 'all', destination })
      expect(synced).toMatchObject({ outcome: 'complete', sync: { imageSets: { unchanged: 6 } } })
    })
  })

  test('does not fetch exported instances again, in the same export or a resumed one', async () => {
    await withExporter(async (exporter, path) => {
      const [first = whole({ imageSetId: '' })] = imageSets.map(whole)
      const selection = { selectors: 'all' } as const
      const open = await openExport(exporter, path, { selection })
      await open.exportImageSet(first)
      const fetched = framesFetched()
      const skipped = { instances: 0, skipped: 4, byteLength: 0, failures: [] }
      expect(await open.exportImageSet(first)).toMatchObject(skipped)
      expect(await open.close()).toMatchObject({ outcome: 'complete', duplicates: 0 })
      await using resumed = await openExport(exporter, path, { mode: 'resume', selection })
      expect(await resumed.exportImageSet(first)).toMatchObject(skipped)
      expect(framesFetched()).toBe(fetched)
      expect(finishedImageSets(path)).toHaveLength(1)
    })
  })

  test('parts add up to the whole image set', async () => {
    await withExporter(async (exporter, path) => {
      await using folder = await temporaryFolder()
      const [first = whole({ imageSetId: '' })] = imageSets.map(whole)
      await using plain = await openExport(exporter, folder.path)
      await plain.exportImageSet(first)
      const open = await openExport(exporter, path)
      const told: number[] = []
      const parts = [0, 1, 2].map((part) => ({
        ...first,
        range: { start: part * 2, end: (part + 1) * 2 },
        onLoaded: ({ instances }: { readonly instances: number }) => void told.push(instances),
      }))
      expect((await exportAll(open, parts)).map(({ instances }) => instances)).toEqual([2, 2, 0])
      expect(told).toEqual([4, 4, 4])
      expect(await open.close()).toMatchObject({ outcome: 'complete', instances: { selected: 4, written: 4 } })
      expect(exportedFiles(path)).toEqual(exportedFiles(folder.path))
      expect(finishedImageSets(path)).toEqual([])
    })
  })

  test('a range of all instances makes the image set complete', async () => {
    await withExporter(async (exporter, path) => {
      const [first = whole({ imageSetId: '' })] = imageSets.map(whole)
      const open = await openExport(exporter, path, { selection: { selectors: 'all' } })
      await open.exportImageSet({ ...first, range: { start: 0, end: 2000 } })
      await open.close()
      expect(finishedImageSets(path)).toEqual([first.imageSetId])
    })
  })

  test('selectors, instances and filters narrow each image set', async () => {
    await withExporter(async (exporter, path) => {
      const [imageSet] = imageSets
      if (imageSet === undefined) throw new TypeError('no image set')
      const instances = await exporter.loadImageSet({ ...whole(imageSet), datastoreId: emulator.datastoreId })
      const [one, two, three] = instances.map(({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }) => ({
        studyInstanceUid: studyInstanceUid ?? '',
        seriesInstanceUid,
        sopInstanceUid,
      }))
      if (one === undefined || two === undefined || three === undefined) throw new TypeError('no instances')
      const other = { ...one, studyInstanceUid: '1.2.3' }
      const isNotTwo = ({ sopInstanceUid }: { readonly sopInstanceUid: string }): boolean =>
        sopInstanceUid !== two.sopInstanceUid
      await using open = await openExport(exporter, path, { filters: [{ name: 'not two', matches: isNotTwo }] })
      const selectors = [one, two, other, { ...one, sopInstanceUid: '1.2.3' }]
      const narrowed = await open.exportImageSet({ ...whole(imageSet), selectors })
      expect(narrowed).toMatchObject({ instances: 1, met: [one, two] })
      expect(await open.exportImageSet({ ...whole(imageSet), instances: [one, three] })).toMatchObject({
        instances: 1,
        skipped: 1,
      })
      expect(linesOf(path, 'manifest')).toMatchObject([one, three].map(({ sopInstanceUid }) => ({ sopInstanceUid })))
    })
  })

  test('failures are recorded and returned, and the rest continues', async () => {
    await withExporter(async (exporter, path) => {
      const [first, second, third] = imageSets.map(whole)
      if (first === undefined || second === undefined || third === undefined) throw new TypeError('no image sets')
      emulator.faults.set({
        rules: [
          { operations: ['GetImageFrame'], times: 1, fault: { kind: 'error', code: 'ResourceNotFoundException' } },
        ],
      })
      const open = await openExport(exporter, path)
      const failed = await open.exportImageSet(first)
      expect(failed).toMatchObject({ instances: 3, left: [{ sopInstanceUid: expect.any(String) }] })
      expect(failed.failures).toMatchObject([{ imageSetId: first.imageSetId, code: 'FRAME_MISSING', retryable: false }])
      const missing = { imageSetId: '0'.repeat(32), versionId: '1' }
      const [unreadable, written] = await exportAll(open, [missing, second])
      expect(unreadable).toMatchObject({
        instances: 0,
        failures: [{ imageSetId: missing.imageSetId, code: 'AHI_NOT_FOUND' }],
      })
      expect(written).toMatchObject({ instances: 4, failures: [] })
      const [left] = failed.left
      expect(left && (await open.exportImageSet({ ...first, instances: [left] }))).toMatchObject({ instances: 1 })
      expect(await open.close()).toMatchObject({ outcome: 'failed', errors: { FRAME_MISSING: 1, AHI_NOT_FOUND: 1 } })
      const told = [...failed.failures, ...(unreadable?.failures ?? [])]
      expect(linesOf(path, 'errors')).toEqual(JSON.parse(JSON.stringify(told)))
      expect(finishedImageSets(path)).toEqual([second.imageSetId])
    })
  })

  test('aborts unfinished calls when it is closed', async () => {
    await withExporter(async (exporter, path) => {
      emulator.faults.set({ rules: [{ operations: ['GetImageFrame'], fault: { kind: 'latency', ms: 20_000 } }] })
      const open = await openExport(exporter, path)
      const loaded = Promise.withResolvers<void>()
      const exports = imageSets.map((imageSet) =>
        open.exportImageSet({ ...whole(imageSet), onLoaded: () => loaded.resolve() }),
      )
      const settled = Promise.allSettled(exports)
      await loaded.promise
      const summary = await open.close()
      expect(summary).toMatchObject({ outcome: 'interrupted', instances: { written: 0 }, errors: {} })
      for (const result of await settled) {
        expect(result).toMatchObject({ status: 'rejected', reason: { code: 'EXPORT_CLOSED', isOutage: false } })
      }
      await expect(open.exportImageSet(whole({ imageSetId: 'a'.repeat(32) }))).rejects.toThrow(ExportEndedError)
      expect(await open.close()).toEqual(summary)
    })
  })

  test('finishes started instances after a stop, and rejects the rest', async () => {
    await withExporter(async (exporter, path) => {
      emulator.faults.set({ rules: [{ operations: ['GetImageFrame'], fault: { kind: 'latency', ms: 50 } }] })
      const stop = new AbortController()
      const open = await openExport(exporter, path, { stop: stop.signal, onProgress: () => stop.abort() })
      const results = await Promise.allSettled(imageSets.map((imageSet) => open.exportImageSet(whole(imageSet))))
      await open.ended
      const summary = await open.close()
      expect(summary).toMatchObject({ outcome: 'interrupted', errors: {} })
      expect(exportedFiles(path).size).toBe(summary.instances.written)
      const rejected = results.filter(({ status }) => status === 'rejected')
      const fulfilled = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      expect(rejected.length).toBeGreaterThan(0)
      const left = results.flatMap((result): readonly unknown[] => {
        if (result.status === 'fulfilled') return []
        expect(result.reason).toMatchObject({ code: 'EXPORT_INTERRUPTED', isOutage: false })
        return result.reason.left ?? Array.from({ length: instancesOfEach })
      })
      expect(left).toHaveLength(24 - summary.instances.written)
      for (const exported of fulfilled) expect(exported).toMatchObject({ instances: 4, failures: [] })
    })
  })

  test('rejects with the outage that ended it', async () => {
    await using folder = await temporaryFolder()
    await using gateway = await startGateway(emulator.endpoint)
    await using client = createAhiClient({ ...connection(gateway), outageTimeoutMs: 300 })
    const own = place === 'threads' ? client : withoutSharing(client)
    await using exporter = createExporter({ client: own, lanes: 1 })
    const open = await openExport(exporter, folder.path)
    const [first, ...others] = imageSets.map(whole)
    await open.exportImageSet(first ?? whole({ imageSetId: '' }))
    await gateway.leave('refused')
    const results = await Promise.allSettled(others.map((imageSet) => open.exportImageSet(imageSet)))
    await open.ended
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'AHI_OUTAGE', isOutage: true } })
    }
    expect(await open.close()).toMatchObject({
      outcome: 'retryable',
      instances: { written: 4 },
      fatal: { code: 'AHI_OUTAGE' },
    })
    expect(linesOf(folder.path, 'errors')).toHaveLength(1)
  })
})
