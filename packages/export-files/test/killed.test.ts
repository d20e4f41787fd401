import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { createFormats, openRecord, recordNames, verifyExport, writeInstanceFiles } from '@ahi-dicom/export-files'
import type { Destination, ExportRecord, OutputMode } from '@ahi-dicom/export-files'
import { describe, expect, test } from 'vitest'
import { entryOf, instanceDouble, keyOf } from './instance-double.ts'
import { description } from './merged-export.ts'
import { Killed, killedDestination } from './killed-destination.ts'
import { memoryDestination } from './memory-destination.ts'
import type { MemoryDestination } from './memory-destination.ts'
import { recordMemory } from './record-memory.ts'

const formats = createFormats(['dcm'])
const { datastoreId } = instanceDouble()

/** Image sets by name, with their version and the versions of their instances. */
type Store = Readonly<Record<string, readonly [string, readonly string[]]>>

const before: Store = { changed: ['1', ['1', '2', '3']], same: ['1', ['4', '5']], gone: ['1', ['6', '7']] }
const after: Store = { changed: ['2', ['2', '3', '8']], same: ['1', ['4', '5']], added: ['1', ['9']] }

function instancesOf(store: Store, imageSetId: string): readonly DicomInstance[] {
  const [versionId, uids] = store[imageSetId] ?? ['', []]
  return uids.map((sopInstanceUid) =>
    instanceDouble({ imageSetId, sopInstanceUid, chunks: [Buffer.from(`${imageSetId} ${versionId}`)] }),
  )
}

/** Returns the files of an image set as text. */
function filesOf(store: Store, imageSetId: string): readonly string[] {
  return instancesOf(store, imageSetId).map(({ sopInstanceUid }) => {
    return `${imageSetId}/${sopInstanceUid}.dcm ${imageSetId} ${store[imageSetId]?.[0]}`
  })
}

function allFiles(store: Store): readonly string[] {
  return Object.keys(store).flatMap((imageSetId) => filesOf(store, imageSetId))
}

function filesIn({ files }: MemoryDestination): readonly string[] {
  return [...files].map(([path, bytes]) => `${path} ${Buffer.from(bytes).toString()}`).toSorted()
}

function open(destination: Destination, mode: OutputMode): Promise<ExportRecord> {
  return openRecord(destination, { mode, formats, selection: 'all', description, maxMemory: recordMemory.bytes })
}

/** Exports a data store like a job: writes new files, and removes files of removed image sets. */
async function run(destination: Destination, mode: OutputMode, store: Store): Promise<void> {
  const record = await open(destination, mode)
  for (const imageSetId of Object.keys(store)) await exportImageSet(destination, record, { store, imageSetId })
  const gone: string[] = []
  for await (const { imageSetId } of record.imageSets()) if (store[imageSetId] === undefined) gone.push(imageSetId)
  for (const imageSetId of mode === 'sync' ? gone : []) await record.removeImageSet(imageSetId)
  await flush(destination, record)
  expect(await record.finish({ isComplete: true })).toEqual([])
  await record.close({ outcome: 'complete' })
}

async function flush(destination: Destination, record: ExportRecord): Promise<void> {
  const position = record.position()
  await destination.flush?.()
  await record.flushed(position)
}

interface OneImageSet {
  readonly store: Store
  readonly imageSetId: string
}

async function exportImageSet(destination: Destination, record: ExportRecord, { store, imageSetId }: OneImageSet) {
  const [versionId = ''] = store[imageSetId] ?? []
  if (record.imageSetVersion(imageSetId) === versionId) return
  const known = record.imageSet(imageSetId)
  const isNew = known !== undefined && known.versionId !== versionId
  const instances = instancesOf(store, imageSetId)
  const entries = []
  for (const instance of instances) {
    const key = keyOf(instance, versionId)
    const stem = record.claim(`${imageSetId}/${instance.sopInstanceUid}`, key)
    if (record.completed(key, stem) !== undefined) continue
    const staged = isNew ? record.stage(stem, key) : undefined
    await record.begin(staged ?? stem)
    const files = await writeInstanceFiles({ instance, stem: staged ?? stem }, formats, destination)
    const written = files.map((file) => entryOf(instance, file, versionId))
    if (staged === undefined) await record.add(written)
    else entries.push(...written)
  }
  const imageSet = { datastoreId, imageSetId, versionId, instances: instances.length }
  if (entries.length > 0) await record.replaceImageSet({ ...imageSet, entries })
  else await record.finishImageSet(imageSet)
  await flush(destination, record)
}

async function problemsOf(destination: Destination): Promise<readonly string[]> {
  const problems: string[] = []
  for await (const event of verifyExport(destination, { maxMemory: recordMemory.bytes })) {
    if (event.kind === 'problem') problems.push(`${event.problem} ${event.path}`)
  }
  return problems.toSorted()
}

async function exported(): Promise<MemoryDestination> {
  const destination = memoryDestination()
  await run(destination, 'new', before)
  return destination
}

/** Runs an export until it is killed. Returns false if it ended before. */
async function runKilled(destination: Destination, mode: OutputMode, store: Store): Promise<boolean> {
  try {
    await run(destination, mode, store)
    return false
  } catch (error) {
    if (error instanceof Killed) return true
    throw error
  }
}

describe.each([0, 0.5, 0.99])(
  'a run that is killed before any of its operations, with %s of a line written',
  (torn) => {
    test.each<OutputMode>(['sync', 'resume'])(
      'leaves each image set wholly old or wholly new once mode %s opens the record again',
      async (mode) => {
        for (let last = 0; ; last += 1) {
          const destination = await exported()
          const { destination: killed } = killedDestination(destination, last, torn)
          const isKilled = await runKilled(killed, 'sync', after)
          // The next run is killed as well.
          await open(killedDestination(destination, last % 9, torn).destination, mode).catch(() => undefined)
          await (await open(destination, mode)).close()
          const files = filesIn(destination)
          const ofChanged = files.filter((file) => file.startsWith('changed/'))
          const ofGone = files.filter((file) => file.startsWith('gone/'))
          expect([filesOf(before, 'changed'), filesOf(after, 'changed')]).toContainEqual(ofChanged)
          expect([filesOf(before, 'gone'), []]).toContainEqual(ofGone)
          expect(files).toEqual(expect.arrayContaining([...filesOf(before, 'same')]))
          expect(['incomplete summary.json']).toEqual(expect.arrayContaining([...(await problemsOf(destination))]))
          await run(destination, 'sync', after)
          expect(filesIn(destination)).toEqual([...allFiles(after)].toSorted())
          expect(await problemsOf(destination)).toEqual([])
          if (!isKilled) break
        }
      },
    )

    test('names the files of an export that is started over until they are written again', async () => {
      for (let last = 0; ; last += 1) {
        const destination = await exported()
        const { destination: killed } = killedDestination(destination, last, torn)
        const isKilled = await runKilled(killed, 'overwrite', after)
        await run(destination, 'resume', after)
        expect(filesIn(destination)).toEqual(expect.arrayContaining([...allFiles(after)]))
        expect(await problemsOf(destination)).toEqual([])
        await run(destination, 'overwrite', after)
        expect(filesIn(destination)).toEqual([...allFiles(after)].toSorted())
        expect(await problemsOf(destination)).toEqual([])
        if (!isKilled) break
      }
    })

    test('leaves no unlisted file, with any mode of the next run', async () => {
      for (let last = 0; ; last += 1) {
        const destination = memoryDestination()
        const isKilled = await runKilled(killedDestination(destination, last, torn).destination, 'new', before)
        const mode = destination.files.size % 2 === 0 ? 'overwrite' : 'resume'
        await (await open(destination, mode)).close()
        expect(await problemsOf(destination)).not.toContainEqual(expect.stringContaining('unlisted'))
        if (!isKilled) break
      }
    })
  },
)

test('a file that was written again but not recorded does not count as the recorded one', async () => {
  const destination = await exported()
  const record = await open(destination, 'resume')
  await record.begin('same/4')
  await record.close()
  destination.files.set('same/4.dcm', Buffer.from('SAME 1'))
  await using again = await open(destination, 'resume')
  const [instance = instanceDouble()] = instancesOf(before, 'same')
  expect(again.completed(keyOf(instance), 'same/4')).toBeUndefined()
  expect(again.imageSetVersion('same')).toBeUndefined()
  expect([...destination.files.keys()]).not.toContain('same/4.dcm')
})

test('a destination without read does not get recorded files again after a kill', async () => {
  const memory = memoryDestination()
  const destination: Destination = {
    name: 'server',
    record: memory.record,
    open: () => memory.open(),
    write: (file, options) => memory.write(file, options),
    remove: (path) => memory.remove(path),
    close: () => memory.close(),
  }
  const record = await open(destination, 'new')
  const [instance = instanceDouble(), other = instanceDouble()] = instancesOf(before, 'same')
  await record.begin('same/4')
  const files = await writeInstanceFiles({ instance, stem: 'same/4' }, formats, destination)
  await record.add(files.map((file) => entryOf(instance, file)))
  await record.begin('same/5')
  await record.close()
  expect(await destination.record.read(recordNames.started)).toBeDefined()
  await using again = await open(destination, 'resume')
  expect(again.completed(keyOf(instance), 'same/4')).toBeDefined()
  expect(again.completed(keyOf(other), 'same/5')).toBeUndefined()
})

test('the notes of begun instances are removed when they are recorded', async () => {
  const destination = memoryDestination()
  const record = await open(destination, 'new')
  for (let number = 0; number < 6000; number += 1) void record.begin(`${number}-${'x'.repeat(200)}`)
  await record.begin('last')
  const size = await destination.record.size?.(recordNames.started)
  expect(size).toBeGreaterThan(2 ** 20)
  await record.begin('one more')
  expect(await destination.record.size?.(recordNames.started)).toBeLessThan(2 ** 20)
  await record.close()
  const other = await open(destination, 'resume')
  await other.begin('same/4')
  const [instance = instanceDouble()] = instancesOf(before, 'same')
  const files = await writeInstanceFiles({ instance, stem: 'same/4' }, formats, destination)
  await other.add(files.map((file) => entryOf(instance, file)))
  await other.close()
  expect(await destination.record.read(recordNames.started)).toBeUndefined()
})

test('a destination with isOwn gets no notes, and its unrecorded files are removed', async () => {
  const own = new Set<string>()
  const destination = {
    ...memoryDestination(),
    isOwn: async (path: string): Promise<boolean> => own.has(path),
  }
  const record = await open(destination, 'new')
  await record.begin('same/4')
  const [instance = instanceDouble(), other = instanceDouble()] = instancesOf(before, 'same')
  const written = await writeInstanceFiles({ instance, stem: 'same/4' }, formats, destination)
  await record.add(written.map((file) => entryOf(instance, file)))
  await record.begin('same/5')
  await writeInstanceFiles({ instance: other, stem: 'same/5' }, formats, destination)
  for (const path of destination.files.keys()) own.add(path)
  destination.files.set('foreign.dcm', Buffer.from('foreign'))
  expect(await destination.record.read(recordNames.started)).toBeUndefined()
  await record.close()
  await (await open(destination, 'resume')).close()
  expect([...destination.files.keys()].filter((path) => path.endsWith('.dcm'))).toEqual(['same/4.dcm', 'foreign.dcm'])
})
