import { createAhiClient } from '@ahi-dicom/ahi-client'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { verifyExport } from '@ahi-dicom/export-files'
import {
  createExporter,
  parseFilter,
  type ExportOptions,
  type ExportSummary,
  type SyncOptions,
} from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { copy, destinationOf, foundIn, remove, settled, update } from '../../ahi-emulator/test/support/modify.ts'
import { secondaryCapture } from '../../ahi-emulator/test/support/secondary-capture.ts'
import { connection, exportedFiles, linesOf, temporaryFolder } from './doubles/lane-store.ts'

let emulator: Emulator
let datastoreId: string

beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator.close())
beforeEach(async () => {
  ;({ datastoreId } = await emulator.createDatastore())
})

/** Imports an instance whose pixels contain a number. */
async function imported(series: string, uid: string, attributes: Record<string, string> = {}): Promise<string> {
  const file = secondaryCapture({ SeriesInstanceUID: series, SOPInstanceUID: uid, ...attributes })
  const { imageSets, rejected } = await emulator.importDicom([file], { datastoreId })
  if (rejected.length > 0) throw new Error(`Cannot import: ${JSON.stringify(rejected)}`)
  return imageSets[0]?.imageSetId ?? ''
}

function place(imageSetId: string) {
  return { endpoint: emulator.endpoint, datastoreId, imageSetId }
}

/** Creates a new version of an image set. One of its instances has another comment. */
async function change(imageSetId: string, series: string, uid: string, latestVersion = '1'): Promise<void> {
  const DICOM = { ImageComments: `After version ${latestVersion}` }
  const updatable = { Study: { Series: { [series]: { Instances: { [uid]: { DICOM } } } } } }
  const { status, json } = await update(place(imageSetId), { updatable }, { latestVersion })
  if (status !== 200) throw new Error(`Cannot update: ${JSON.stringify(json)}`)
  await settled(place(imageSetId))
}

/** Deletes an image set, and waits until searches no longer find it. */
async function deleteImageSet(imageSetId: string): Promise<void> {
  await remove(place(imageSetId))
  await expect.poll(() => foundIn(place(imageSetId)), { timeout: 10_000 }).not.toContain(imageSetId)
}

type Options = Partial<Omit<SyncOptions, 'destination'>>

async function sync(directory: string, options: Options = {}): Promise<ExportSummary> {
  await using client = createAhiClient({ ...connection(emulator), maxAttempts: 2 })
  await using exporter = createExporter({ client, lanes: 1 })
  return await exporter.sync({
    datastoreId,
    selectors: 'all',
    destination: folderDestination({ directory }),
    ...options,
  })
}

async function exportNew(directory: string, options: Partial<ExportOptions> = {}): Promise<ExportSummary> {
  await using exporter = createExporter({ ...connection(emulator), lanes: 1 })
  return await exporter.exportTo({
    datastoreId,
    selectors: 'all',
    destination: folderDestination({ directory }),
    ...options,
  })
}

/** Expects the same files as in a new export of the same state, and a record that matches them. */
async function expectAsNew(directory: string, options: Partial<ExportOptions> = {}): Promise<void> {
  await using folder = await temporaryFolder()
  await exportNew(folder.path, options)
  expect([...exportedFiles(directory).keys()]).toEqual([...exportedFiles(folder.path).keys()])
  expect(exportedFiles(directory)).toEqual(exportedFiles(folder.path))
  const problems: string[] = []
  for await (const event of verifyExport(folderDestination({ directory }))) {
    if (event.kind === 'problem') problems.push(event.message)
  }
  expect(problems).toEqual([])
}

/** Returns the requests by operation since the counters were reset. */
function requests(): Record<string, number> {
  const counted = Object.entries(emulator.counters().requests)
  return Object.fromEntries(counted.map(([operation, byStatus]) => [operation, sumOf(Object.values(byStatus))]))
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0)
}

const none = { new: 0, updated: 0, unchanged: 0, gone: 0, deleted: 0 }

describe('a sync', () => {
  test('of an empty folder exports everything, and only searches the second time', async () => {
    await using folder = await temporaryFolder()
    for (const number of [1, 2, 3]) await imported(`2.25.10${number}`, `2.25.${number}`)
    expect(await sync(folder.path)).toMatchObject({ outcome: 'complete', sync: { imageSets: { ...none, new: 3 } } })
    await expectAsNew(folder.path)
    emulator.resetCounters()
    const again = await sync(folder.path)
    expect(again).toMatchObject({
      outcome: 'complete',
      instances: { selected: 3, skipped: 3, written: 0 },
      sync: { imageSets: { ...none, unchanged: 3 }, instances: { ...none, unchanged: 3 } },
    })
    expect(requests()).toEqual({ SearchImageSets: 1 })
  })

  test('after an export skips the written files', async () => {
    await using folder = await temporaryFolder()
    await imported('2.25.100', '2.25.1')
    await exportNew(folder.path)
    emulator.resetCounters()
    expect((await sync(folder.path)).sync?.imageSets).toEqual({ ...none, unchanged: 1 })
    expect(requests()).toEqual({ SearchImageSets: 1 })
  })

  test('replaces a changed image set, adds a new one, and requests no other', async () => {
    await using folder = await temporaryFolder()
    const changed = await imported('2.25.100', '2.25.1')
    await imported('2.25.101', '2.25.2')
    await sync(folder.path)
    await change(changed, '2.25.100', '2.25.1')
    const added = await imported('2.25.102', '2.25.3')
    emulator.resetCounters()
    const told: unknown[] = []
    const summary = await sync(folder.path, { onImageSet: (imageSet) => told.push(imageSet) })
    expect(requests()).toMatchObject({ GetImageSetMetadata: 2, GetImageFrame: 2 })
    expect(summary.sync?.imageSets).toEqual({ ...none, new: 1, updated: 1, unchanged: 1 })
    expect(told).toHaveLength(2)
    expect(told).toEqual(
      expect.arrayContaining([
        { imageSetId: changed, versionId: '2', change: 'updated' },
        { imageSetId: added, versionId: '1', change: 'new' },
      ]),
    )
    await expectAsNew(folder.path)
  })

  test('removes an instance that the new version does not have', async () => {
    await using folder = await temporaryFolder()
    const imageSetId = await imported('2.25.100', '2.25.1')
    await imported('2.25.100', '2.25.2', { InstanceNumber: '2' })
    await sync(folder.path)
    const removable = { Study: { Series: { '2.25.100': { Instances: { '2.25.1': {} } } } } }
    const { status, json } = await update(place(imageSetId), { removable }, { latestVersion: '2' })
    expect({ status, ...json }).toMatchObject({ status: 200 })
    await settled(place(imageSetId))
    expect((await sync(folder.path)).sync?.imageSets).toEqual({ ...none, updated: 1 })
    await expectAsNew(folder.path)
    expect(exportedFiles(folder.path).size).toBe(1)
  })

  test('reports gone image sets, and removes them only with deleteGone', async () => {
    await using folder = await temporaryFolder()
    const gone = await imported('2.25.100', '2.25.1')
    await imported('2.25.101', '2.25.2')
    await sync(folder.path)
    await deleteImageSet(gone)
    const told: unknown[] = []
    const named = await sync(folder.path, { onImageSet: (imageSet) => told.push(imageSet) })
    expect(named).toMatchObject({ outcome: 'complete', sync: { imageSets: { ...none, unchanged: 1, gone: 1 } } })
    expect(told).toEqual([{ imageSetId: gone, versionId: '1', change: 'gone' }])
    expect(exportedFiles(folder.path).size).toBe(2)
    const deleted = await sync(folder.path, { deleteGone: true })
    expect(deleted.sync?.imageSets).toEqual({ ...none, unchanged: 1, gone: 1, deleted: 1 })
    await expectAsNew(folder.path)
    expect((await sync(folder.path, { deleteGone: true })).sync?.imageSets).toEqual({ ...none, unchanged: 1 })
  })

  test.each([true, false])('writes an instance once if it is imported again (deleteGone: %s)', async (deleteGone) => {
    await using folder = await temporaryFolder()
    const first = await imported('2.25.100', '2.25.1')
    await imported('2.25.101', '2.25.2')
    await sync(folder.path)
    await deleteImageSet(first)
    const second = await imported('2.25.100', '2.25.1')
    expect(second).not.toBe(first)
    await sync(folder.path, { deleteGone })
    await expectAsNew(folder.path)
    expect((await sync(folder.path, { deleteGone: true })).sync?.imageSets).toMatchObject({ new: 0, updated: 0 })
    await expectAsNew(folder.path)
  })

  test('writes an instance once if a copy is promoted', async () => {
    await using folder = await temporaryFolder()
    const source = await imported('2.25.100', '2.25.1')
    const nonPrimary = { nonPrimary: 'include' } as const
    await sync(folder.path, nonPrimary)
    const copied = destinationOf(place(source), await copy(place(source)))
    await settled(copied)
    const isAsNew = async (): Promise<void> => {
      await sync(folder.path, { ...nonPrimary, deleteGone: true })
      await expectAsNew(folder.path, nonPrimary)
    }
    await isAsNew()
    await deleteImageSet(source)
    await isAsNew()
    await settled(destinationOf(copied, await copy(copied, { query: '?promoteToPrimary=true' })))
    await isAsNew()
    await isAsNew()
    expect(exportedFiles(folder.path).size).toBe(1)
  })

  test('keeps files that its selection does not cover', async () => {
    await using folder = await temporaryFolder()
    const [one, other] = ['2.25.11', '2.25.12']
    const gone = await imported('2.25.100', '2.25.1', { StudyInstanceUID: one })
    await imported('2.25.101', '2.25.2', { StudyInstanceUID: other })
    await exportNew(folder.path)
    await deleteImageSet(gone)
    const narrow = await sync(folder.path, { selectors: [{ studyInstanceUid: other }], deleteGone: true })
    expect(narrow.sync?.imageSets).toEqual({ ...none, unchanged: 1 })
    expect(exportedFiles(folder.path).size).toBe(2)
    const ofStudy = await sync(folder.path, { selectors: [{ studyInstanceUid: one }], deleteGone: true })
    expect(ofStudy).toMatchObject({
      outcome: 'complete',
      errors: {},
      sync: { imageSets: { ...none, gone: 1, deleted: 1 } },
    })
    expect(exportedFiles(folder.path).size).toBe(1)
    const again = await sync(folder.path, { selectors: [{ studyInstanceUid: one }], deleteGone: true })
    expect(again).toMatchObject({ outcome: 'nothing-selected', errors: { NOTHING_SELECTED: 1 } })
  })

  test('of a part of an image set replaces all of it', async () => {
    await using folder = await temporaryFolder()
    const imageSetId = await imported('2.25.100', '2.25.1')
    await imported('2.25.100', '2.25.2')
    await exportNew(folder.path)
    await change(imageSetId, '2.25.100', '2.25.1', '2')
    const instance = { studyInstanceUid: '2.25.10', sopInstanceUid: '2.25.1' }
    expect((await sync(folder.path, { selectors: [instance] })).instances.written).toBe(2)
    await change(imageSetId, '2.25.100', '2.25.1', '3')
    await sync(folder.path, { filters: [parseFilter('SOPInstanceUID=2.25.1')] })
    await expectAsNew(folder.path)
    expect((await sync(folder.path)).instances).toMatchObject({ written: 0, skipped: 2 })
    emulator.resetCounters()
    await sync(folder.path)
    expect(requests()).toEqual({ SearchImageSets: 1 })
  })

  test('that is stopped during the last instance still removes gone image sets', async () => {
    await using folder = await temporaryFolder()
    const gone = await imported('2.25.100', '2.25.1')
    await sync(folder.path)
    await imported('2.25.101', '2.25.2')
    await deleteImageSet(gone)
    const stop = new AbortController()
    const summary = await sync(folder.path, {
      deleteGone: true,
      stop: stop.signal,
      onProgress: ({ frames }) => void (frames.done > 0 && stop.abort()),
    })
    expect(stop.signal.aborted).toBe(true)
    expect(summary).toMatchObject({ outcome: 'complete', sync: { imageSets: { new: 1, gone: 1, deleted: 1 } } })
    await expectAsNew(folder.path)
  })

  test('of primary image sets does not call others gone', async () => {
    await using folder = await temporaryFolder()
    const source = place(await imported('2.25.100', '2.25.1'))
    await settled(destinationOf(source, await copy(source)))
    await exportNew(folder.path, { nonPrimary: 'only' })
    await exportNew(folder.path, { mode: 'resume' })
    const size = exportedFiles(folder.path).size
    const { sync: changes } = await sync(folder.path, { deleteGone: true })
    expect(changes?.imageSets).toMatchObject({ gone: 0, deleted: 0 })
    expect(exportedFiles(folder.path).size).toBe(size)
  })

  test('removes nothing if a search fails', async () => {
    await using folder = await temporaryFolder()
    const gone = await imported('2.25.100', '2.25.1')
    await sync(folder.path)
    await deleteImageSet(gone)
    emulator.faults.set({
      rules: [{ operations: ['SearchImageSets'], fault: { kind: 'error', code: 'InternalServerException' } }],
    })
    const summary = await sync(folder.path, { deleteGone: true })
    emulator.faults.clear()
    expect(summary).toMatchObject({ outcome: 'retryable', sync: { imageSets: none } })
    expect(exportedFiles(folder.path).size).toBe(1)
  })

  test('replaces an image set as a whole or not at all', async () => {
    await using folder = await temporaryFolder()
    const imageSetId = await imported('2.25.100', '2.25.1')
    await imported('2.25.100', '2.25.2', { InstanceNumber: '2' })
    await sync(folder.path)
    const before = exportedFiles(folder.path)
    await change(imageSetId, '2.25.100', '2.25.1', '2')
    const once = {
      operations: ['GetImageFrame'],
      times: 3,
      fault: { kind: 'error', code: 'InternalServerException' },
    } as const
    emulator.faults.set({ rules: [once] })
    const failed = await sync(folder.path)
    emulator.faults.clear()
    expect(failed).toMatchObject({
      outcome: 'retryable',
      instances: { selected: 2, written: 0, failed: 2 },
      errors: { IMAGE_SET_NOT_REPLACED: 1 },
      sync: { imageSets: none },
    })
    expect(exportedFiles(folder.path)).toEqual(before)
    expect(linesOf(folder.path, 'errors')).toContainEqual(
      expect.objectContaining({ code: 'IMAGE_SET_NOT_REPLACED', imageSetId, retryable: true }),
    )
    expect((await sync(folder.path)).sync?.imageSets).toEqual({ ...none, updated: 1 })
    await expectAsNew(folder.path)
  })

  test('with dryRun writes nothing, and reports what it would do', async () => {
    await using folder = await temporaryFolder()
    const [changed, gone] = [await imported('2.25.100', '2.25.1'), await imported('2.25.101', '2.25.2')]
    await sync(folder.path)
    await change(changed, '2.25.100', '2.25.1')
    await imported('2.25.102', '2.25.3')
    await remove(place(gone))
    await expect
      .poll(async () => (await sync(folder.path, { dryRun: true })).sync?.imageSets)
      .toEqual({ ...none, new: 1, updated: 1, gone: 1 })
    const before = exportedFiles(folder.path)
    emulator.resetCounters()
    const summary = await sync(folder.path, { dryRun: true, deleteGone: true })
    expect(summary.sync?.imageSets).toEqual({ ...none, new: 1, updated: 1, gone: 1, deleted: 1 })
    expect(requests()).toEqual({ SearchImageSets: 1 })
    expect(exportedFiles(folder.path)).toEqual(before)
    await using empty = await temporaryFolder()
    expect((await sync(`${empty.path}/none`, { dryRun: true })).sync?.imageSets).toEqual({ ...none, new: 2 })
    expect(exportedFiles(empty.path).size).toBe(0)
  })
})
