import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startEmulator, type Emulator } from '@ahi-dicom/ahi-emulator'
import { OutputError, verifyExport, type Destination } from '@ahi-dicom/export-files'
import { createExporter, type ExportOptions, type ExportSummary, type SyncOptions } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { foundIn, remove, settled, update } from '../../ahi-emulator/test/support/modify.ts'
import { secondaryCapture } from '../../ahi-emulator/test/support/secondary-capture.ts'
import { connection, exportedFiles, temporaryFolder } from './doubles/lane-store.ts'

let emulator: Emulator
let datastoreId: string

beforeAll(async () => {
  emulator = await startEmulator()
})
afterAll(() => emulator.close())
beforeEach(async () => {
  ;({ datastoreId } = await emulator.createDatastore())
})

async function imported(series: string, uid: string): Promise<string> {
  const file = secondaryCapture({ SeriesInstanceUID: series, SOPInstanceUID: uid })
  const { imageSets, rejected } = await emulator.importDicom([file], { datastoreId })
  expect(rejected).toEqual([])
  return imageSets[0]?.imageSetId ?? ''
}

function place(imageSetId: string) {
  return { endpoint: emulator.endpoint, datastoreId, imageSetId }
}

async function changeNumber(imageSetId: string, series: string, uid: string): Promise<void> {
  const updatable = { Study: { Series: { [series]: { Instances: { [uid]: { DICOM: { InstanceNumber: '77' } } } } } } }
  const { status, json } = await update(place(imageSetId), { updatable }, { latestVersion: '1' })
  expect({ status, ...json }).toMatchObject({ status: 200 })
  await settled(place(imageSetId))
}

async function deleteImageSet(imageSetId: string): Promise<void> {
  await remove(place(imageSetId))
  await expect.poll(() => foundIn(place(imageSetId)), { timeout: 10_000 }).not.toContain(imageSetId)
}

async function exportTo(directory: string, options: Partial<ExportOptions> = {}): Promise<ExportSummary> {
  await using exporter = createExporter({ ...connection(emulator), lanes: 2 })
  const destination = folderDestination({ directory })
  return await exporter.exportTo({ datastoreId, selectors: 'all', destination, dicomdir: true, ...options })
}

async function sync(directory: string, options: Partial<SyncOptions> = {}): Promise<ExportSummary> {
  await using exporter = createExporter({ ...connection(emulator), lanes: 2 })
  const destination = folderDestination({ directory })
  return await exporter.sync({ datastoreId, selectors: 'all', destination, dicomdir: true, ...options })
}

async function dicomdirOf(directory: string): Promise<Buffer> {
  return await readFile(join(directory, 'DICOMDIR'))
}

/** Expects the same DICOMDIR and files as in a new export. */
async function expectAsNew(directory: string): Promise<void> {
  await using folder = await temporaryFolder()
  expect(await exportTo(folder.path)).toMatchObject({ outcome: 'complete' })
  expect(exportedFiles(directory)).toEqual(exportedFiles(folder.path))
  expect(await dicomdirOf(directory)).toEqual(await dicomdirOf(folder.path))
  const problems = []
  for await (const event of verifyExport(folderDestination({ directory }))) {
    if (event.kind === 'problem') problems.push(event)
  }
  expect(problems).toEqual([])
}

test('a sync updates the DICOMDIR after image sets were changed, added and deleted', async () => {
  await using folder = await temporaryFolder()
  const changed = await imported('2.25.100', '2.25.1')
  const gone = await imported('2.25.101', '2.25.2')
  await imported('2.25.102', '2.25.3')
  await exportTo(folder.path)
  const first = await dicomdirOf(folder.path)
  await changeNumber(changed, '2.25.100', '2.25.1')
  await imported('2.25.103', '2.25.4')
  await deleteImageSet(gone)
  expect(await sync(folder.path, { deleteGone: true })).toMatchObject({
    outcome: 'complete',
    sync: { imageSets: { new: 1, updated: 1, unchanged: 1, deleted: 1 } },
  })
  const second = await dicomdirOf(folder.path)
  expect(second).not.toEqual(first)
  expect(second.includes('77')).toBe(true)
  expect(second.includes('2.25.2\0')).toBe(false)
  await expectAsNew(folder.path)
})

test('a dry run leaves the DICOMDIR alone', async () => {
  await using folder = await temporaryFolder()
  await imported('2.25.100', '2.25.1')
  await exportTo(folder.path)
  const first = await dicomdirOf(folder.path)
  await imported('2.25.103', '2.25.4')
  await sync(folder.path, { dryRun: true })
  expect(await dicomdirOf(folder.path)).toEqual(first)
})

/** Returns a folder whose writer calls `before` with the number of each file, from 1, and its path. */
function watchedFolder(directory: string, before: (number: number, path: string) => void): Destination {
  const folder = folderDestination({ directory })
  let written = 0
  return {
    ...folder,
    lane: undefined,
    async write(file, options) {
      before((written += 1), file.path)
      return await folder.write(file, options)
    },
  }
}

test('a resumed export has the same DICOMDIR as an uninterrupted one', async () => {
  for (let number = 1; number <= 6; number += 1) await imported(`2.25.10${number}`, `2.25.${number}`)
  for (const cutAt of [1, 4, 7]) {
    await using folder = await temporaryFolder()
    const cut = new AbortController()
    const destination = watchedFolder(folder.path, (number) => void (number === cutAt && cut.abort()))
    const options = { destination, signal: cut.signal, instanceConcurrency: 1 }
    expect((await exportTo(folder.path, options)).outcome).toBe('interrupted')
    await expect(dicomdirOf(folder.path)).rejects.toThrow('ENOENT')
    expect(await exportTo(folder.path, { mode: 'resume' })).toMatchObject({ outcome: 'complete' })
    await expectAsNew(folder.path)
  }
})

test('a DICOMDIR that cannot be written is a failure, and the earlier one stays', async () => {
  await using folder = await temporaryFolder()
  await imported('2.25.100', '2.25.1')
  await exportTo(folder.path)
  const first = await dicomdirOf(folder.path)
  await imported('2.25.101', '2.25.2')
  const destination = watchedFolder(folder.path, (_, path) => {
    if (path === 'DICOMDIR') throw new OutputError('OUTPUT_FAILED', 'Cannot write', { path })
  })
  expect(await sync(folder.path, { destination })).toMatchObject({ outcome: 'failed', errors: { OUTPUT_FAILED: 1 } })
  expect(await dicomdirOf(folder.path)).toEqual(first)
  expect(await sync(folder.path)).toMatchObject({ outcome: 'complete' })
  await expectAsNew(folder.path)
})

test('invented values are reported once for each series', async () => {
  await using folder = await temporaryFolder()
  await imported('2.25.100', '2.25.1')
  const summary = await exportTo(folder.path)
  expect(summary).toMatchObject({ outcome: 'complete', warnings: { DIRECTORY_KEY_INVENTED: 1 } })
  const warnings = await readFile(join(folder.path, 'warnings.ndjson'), 'utf8')
  expect(warnings).toContain('"code":"DIRECTORY_KEY_INVENTED","tag":')
})

test('a file that cannot be listed is a failure', async () => {
  await using folder = await temporaryFolder()
  await imported('2.25.100', '2.25.1')
  await exportTo(folder.path, { dicomdir: false, layout: 'media' })
  const blind: Destination = { ...folderDestination({ directory: folder.path }) }
  delete blind.read
  const summary = await exportTo(folder.path, { destination: blind, mode: 'resume' })
  expect(summary).toMatchObject({ outcome: 'failed', errors: { OUTPUT_FAILED: 1 } })
})

test.each([
  [{ layout: '{SOPInstanceUID}' }, /layout `media` with the `dicomdir` option/u],
  [
    { destination: { ...folderDestination({ directory: '/nowhere' }), cannot: { dicomdir: 'it takes none' } } },
    /none/u,
  ],
])('%o is refused', async (options, message) => {
  await expect(exportTo('/nowhere', options)).rejects.toThrow(message)
})
