import {
  countFinishedInstances,
  countRecordedInstances,
  openRecord,
  recordNames,
  createFormats,
  verifyExport,
} from '@ahi-dicom/export-files'
import type { NamedRecord, RecordLock } from '@ahi-dicom/export-files'
import { describe, expect, test } from 'vitest'
import { instanceDouble, keyOf } from './instance-double.ts'
import { Killed } from './killed-destination.ts'
import { textOf } from './memory-destination.ts'
import {
  description,
  failureOf,
  merge,
  stateOf,
  writeImageSets,
  type ExportState,
  type ImageSetToWrite,
} from './merged-export.ts'
import { sharedPlace, type SharedPlace } from './shared-place.ts'

const one: ImageSetToWrite = { imageSetId: 'one', instances: ['1', '2'], hasWarning: true }
const two: ImageSetToWrite = { imageSetId: 'two', instances: ['3', '4', '5'] }
const three: ImageSetToWrite = { imageSetId: 'three', instances: ['6'] }

async function singleExport(imageSets: readonly ImageSetToWrite[]): Promise<ExportState> {
  const destination = sharedPlace().destinationOf()
  await writeImageSets(destination, imageSets)
  return await stateOf(destination)
}

describe('mergeRecords', () => {
  test('gives the record of a single export', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [one, three])
    await writeImageSets(place.destinationOf('b'), [two, one])
    const merged = await merge(place.destinationOf())
    expect(await stateOf(place.destinationOf())).toEqual(await singleExport([one, two, three]))
    expect(merged).toMatchObject({ instances: 6, files: 6, imageSets: 3, failures: 0, writers: 2, locked: [] })
    expect(merged.warnings).toEqual({ CHARACTER_SET_CHANGED: 2 })
    expect(merged.summary.record).toMatchObject({ files: 6, selection: 'all', pending: [] })
    expect(await place.writers()).toEqual([])
  })

  test('keeps the number of recorded instances of each image set', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [one, three])
    await writeImageSets(place.destinationOf('b'), [two, one])
    await merge(place.destinationOf())
    using counts = await countRecordedInstances(place.destinationOf().record)
    const versionId = '1'
    expect(Object.fromEntries(counts.entries())).toEqual({
      one: { versionId, instances: 2 },
      two: { versionId, instances: 3 },
      three: { versionId, instances: 1 },
    })
  })

  test('counts the newest version of an image set', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [{ ...one, versionId: '10', instances: ['1'] }])
    await writeImageSets(place.destinationOf('b'), [{ ...one, versionId: '9', instances: ['2', '3'] }])
    await merge(place.destinationOf())
    using counts = await countRecordedInstances(place.destinationOf().record)
    expect(Object.fromEntries(counts.entries())).toEqual({ one: { versionId: '10', instances: 1 } })
  })

  test('does not count an instance that failed, although it has a file', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [one, two])
    const merged = await merge(place.destinationOf(), {
      failed: {
        has: ({ imageSetId, sopInstanceUid }) => imageSetId === 'two' && sopInstanceUid === '4',
        countOf: ({ imageSetId }) => (imageSetId === 'two' ? 1 : 0),
      },
    })
    expect(merged).toMatchObject({ instances: 4, files: 5 })
  })

  test('keeps the number of instances of each finished image set', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [one])
    await writeImageSets(place.destinationOf('b'), [two])
    await merge(place.destinationOf())
    using counts = await countFinishedInstances(place.destinationOf().record)
    const versionId = '1'
    expect(Object.fromEntries(counts.entries())).toEqual({
      one: { versionId, instances: 2 },
      two: { versionId, instances: 3 },
    })
  })

  test('adds to the record of the destination, and changes nothing without writers', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf(), [one])
    await writeImageSets(place.destinationOf('a'), [two])
    await merge(place.destinationOf())
    const state = await stateOf(place.destinationOf())
    expect(state).toEqual(await singleExport([one, two]))
    await merge(place.destinationOf())
    expect(await stateOf(place.destinationOf())).toEqual(state)
  })

  test('gives a record that an export can resume', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [one])
    await writeImageSets(place.destinationOf('b'), [two])
    await merge(place.destinationOf())
    await using record = await openRecord(place.destinationOf(), {
      mode: 'sync',
      formats: createFormats(['dcm']),
      selection: 'all',
      description,
    })
    expect([record.imageSetVersion('one'), record.imageSetVersion('two')]).toEqual(['1', '1'])
    const instance = instanceDouble({ imageSetId: 'one', sopInstanceUid: '1' })
    expect(record.completed(keyOf(instance), 'one/1')).toEqual({ checksum: 'verified' })
  })

  test('removes files that a failed item left, except those that another record names', async () => {
    const place = sharedPlace()
    const failing = place.destinationOf('a')
    await failing.open()
    const record = await openRecord(failing, { mode: 'new', formats: createFormats(['dcm']) })
    for (const sopInstanceUid of ['3', '9']) {
      await record.begin(`two/${sopInstanceUid}`)
      const chunks = [Buffer.from(sopInstanceUid)]
      await failing.write({ path: `two/${sopInstanceUid}.dcm`, format: 'dcm', mediaType: 'application/dicom', chunks })
      await record.fail(failureOf(two, sopInstanceUid))
    }
    await record.close({ outcome: 'failed' })
    await writeImageSets(place.destinationOf('b'), [two])
    await merge(place.destinationOf())
    expect([...place.files.keys()].toSorted()).toEqual(['two/3.dcm', 'two/4.dcm', 'two/5.dcm'])
    expect(await place.writers()).toEqual([])
  })

  test('removes files that a killed writer had begun, except those that another record names', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [one], { killedIn: { ...two, instances: ['3', '9'] } })
    await writeImageSets(place.destinationOf('b'), [two])
    const merged = await merge(place.destinationOf())
    expect(await stateOf(place.destinationOf())).toEqual(await singleExport([one, two]))
    expect(merged.summary.outcome).toBe('complete')
    expect(merged.summary.record.pending).toEqual([])
  })

  test('reads files that may not have survived, and returns lost ones', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [one, two], { isUnflushed: true })
    place.files.set('one/1.dcm', Buffer.from('xxxxx'))
    const merged = await merge(place.destinationOf())
    expect(merged).toMatchObject({ files: 4, lostFiles: 1, errors: { OUTPUT_FILE_LOST: 1 }, conflicts: [] })
    expect(merged.lost).toMatchObject([{ path: 'one/1.dcm', imageSetId: 'one', sopInstanceUid: '1' }])
    expect(place.files.has('one/1.dcm')).toBe(false)
  })

  test('returns missing files', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [one])
    place.files.delete('one/2.dcm')
    const merged = await merge(place.destinationOf())
    expect(merged).toMatchObject({ lostFiles: 1, errors: { OUTPUT_FILE_LOST: 1 } })
    expect(merged.lost).toMatchObject([{ path: 'one/2.dcm' }])
  })

  test('keeps the failures that still hold, each once, and adds others', async () => {
    const place = sharedPlace()
    const failing = { ...two, failing: '4' }
    await writeImageSets(place.destinationOf('a'), [{ ...one, failing: '1' }, failing])
    await writeImageSets(place.destinationOf('b'), [failing, one])
    const other = { ...failureOf(three, '6'), retryable: true }
    const merged = await merge(place.destinationOf(), {
      keepError: ({ imageSetId }) => imageSetId === 'two',
      errors: [other, other],
    })
    expect(merged).toMatchObject({ failures: 2, retryableFailures: 1, errors: { FRAME_MISSING: 2 } })
    const lines = (await textOf(place.destinationOf().record, recordNames.errors)).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([failureOf(failing, '4'), other])
  })

  test('includes the failures of all runs of a writer', async () => {
    const place = sharedPlace()
    const [first, second] = [
      { ...one, failing: '1' },
      { ...two, failing: '4' },
    ]
    await writeImageSets(place.destinationOf('a'), [first])
    await writeImageSets(place.destinationOf('a'), [three], { mode: 'resume' })
    await writeImageSets(place.destinationOf('a'), [second], { mode: 'resume' })
    expect(await merge(place.destinationOf(), { keepError: () => true })).toMatchObject({ failures: 2 })
    const lines = (await textOf(place.destinationOf().record, recordNames.errors)).trim().split('\n')
    expect(lines.map((line) => JSON.parse(line))).toEqual([failureOf(first, '1'), failureOf(second, '4')])
  })

  test('skips writers that still run, and merges them the next time', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [one])
    await writeImageSets(place.destinationOf('b'), [two])
    await writeImageSets(place.destinationOf('c'), [], { killedIn: three })
    place.running.add('b')
    expect(await merge(place.destinationOf())).toMatchObject({ files: 2, locked: ['b'], writers: 2 })
    expect(await place.writers()).toEqual(['b', 'c'])
    expect(place.files.has('three/6.dcm')).toBe(true)
    place.running.clear()
    await merge(place.destinationOf())
    expect(await stateOf(place.destinationOf())).toEqual(await singleExport([one, two]))
    expect(await place.writers()).toEqual([])
  })

  test('removes no file of a writer that starts during the merge', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [one])
    await writeImageSets(place.destinationOf('c'), [], { killedIn: three })
    const destination = place.destinationOf()
    const listing = place.destinationOf()
    let begin: (() => Promise<void>) | undefined = () => writeImageSets(place.destinationOf('d'), [three])
    destination.list = async function* () {
      await begin?.()
      begin = undefined
      yield* listing.list?.() ?? []
    }
    await merge(destination)
    expect(place.files.has('three/6.dcm')).toBe(true)
    expect(await place.writers()).toEqual(['c', 'd'])
    expect(await merge(place.destinationOf())).toMatchObject({ lostFiles: 0 })
    expect(await stateOf(place.destinationOf())).toEqual(await singleExport([one, three]))
    expect(await place.writers()).toEqual([])
  })

  test('waits for all locks at the same time', async () => {
    const place = sharedPlace()
    const names = Array.from({ length: 50 }, (_, number) => `w${number}`)
    for (const name of names) await writeImageSets(place.destinationOf(name), [{ imageSetId: name, instances: ['1'] }])
    const destination = place.destinationOf()
    const { promise: allAsked, resolve } = Promise.withResolvers<void>()
    let asked = 0
    async function lock(): Promise<RecordLock> {
      asked += 1
      if (asked === names.length) resolve()
      await allAsked
      return { async release() {} }
    }
    async function* records(): AsyncGenerator<NamedRecord> {
      for await (const named of destination.records?.() ?? []) {
        yield named.writer === undefined ? named : { ...named, record: { ...named.record, lock } }
      }
    }
    expect(await merge({ ...destination, records })).toMatchObject({ writers: 50, files: 50 })
  })

  test('leaves out damaged lines', async () => {
    const place = sharedPlace()
    const writer = place.destinationOf('a')
    await writeImageSets(writer, [one, two])
    const text = await textOf(writer.record, recordNames.manifest)
    await writer.record.write(recordNames.manifest, Buffer.from(text.replace('"path":"two/4', '"path":"two/8')))
    expect(await merge(place.destinationOf())).toMatchObject({ files: 4, damagedLines: 1 })
  })

  test.each([
    ['other files', { files: { ...description.files, headerOnly: true } }],
    ['another data store', { datastoreId: 'other' }],
  ])('refuses a record of %s', async (_, other) => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [one])
    const merging = merge(place.destinationOf(), { description: { ...description, ...other } })
    await expect(merging).rejects.toMatchObject({ code: 'OUTPUT_DIFFERENT' })
    expect(await place.writers()).toEqual(['a'])
  })

  test('refuses a destination with a writer', async () => {
    await expect(merge(sharedPlace().destinationOf('a'))).rejects.toMatchObject({ code: 'OUTPUT_UNSUPPORTED' })
  })

  test('uses the description of the writers by default', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [one])
    await merge(place.destinationOf(), { description: undefined })
    expect(await stateOf(place.destinationOf())).toEqual(await singleExport([one]))
  })
})

describe('two records that name different files at one path', () => {
  const old = { ...one, content: 'one 1' }
  const changed = { ...one, versionId: '2', content: 'one 2' }

  async function conflict(content?: string): Promise<SharedPlace> {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [changed])
    await writeImageSets(place.destinationOf('b'), [old])
    if (content !== undefined) for (const path of place.files.keys()) place.files.set(path, Buffer.from(content))
    return place
  }

  test.each([
    ['one 1', '1'],
    ['one 2', '2'],
  ])('%s: the line that matches the file is used', async (content, versionId) => {
    const place = await conflict(content)
    expect(await merge(place.destinationOf())).toMatchObject({ files: 2, lostFiles: 0, conflicts: [] })
    const lines = (await textOf(place.destinationOf().record, recordNames.manifest)).trim().split('\n')
    const versions = lines.map((line) => JSON.parse(line)).filter(({ path }) => path !== undefined)
    expect(versions.map((line) => line.versionId)).toEqual([versionId, versionId])
    expect((await stateOf(place.destinationOf())).problems).toEqual([])
  })

  test('the newest version is used if the content is the same', async () => {
    const place = sharedPlace()
    await writeImageSets(place.destinationOf('a'), [{ ...changed, content: 'same' }])
    await writeImageSets(place.destinationOf('b'), [{ ...old, content: 'same' }])
    await merge(place.destinationOf())
    const state = await stateOf(place.destinationOf())
    expect(state.manifest.every((line) => line.includes('"versionId":"2"'))).toBe(true)
    expect(state.problems).toEqual([])
  })

  test('a file that matches no line is lost', async () => {
    const place = await conflict('other')
    const merged = await merge(place.destinationOf())
    expect(merged).toMatchObject({ files: 0, lostFiles: 2, errors: { OUTPUT_FILE_LOST: 2 } })
    expect(merged.conflicts).toMatchObject([
      { path: 'one/1.dcm', imageSetId: 'one', versions: ['1', '2'] },
      { path: 'one/2.dcm', imageSetId: 'one', versions: ['1', '2'] },
    ])
    expect(place.files.size).toBe(0)
  })
})

async function written(): Promise<SharedPlace> {
  const place = sharedPlace()
  await writeImageSets(place.destinationOf(), [three])
  await writeImageSets(place.destinationOf('a'), [one, { ...two, failing: '5' }])
  await writeImageSets(place.destinationOf('b'), [{ ...two, failing: '5' }], {
    killedIn: { ...three, instances: ['7'] },
  })
  await writeImageSets(place.destinationOf('c'), [{ ...one, versionId: '2' }])
  return place
}

describe('a merge that is killed', () => {
  test('is completed by the next one, at any point', async () => {
    const whole = await written()
    const destination = whole.destinationOf()
    await merge(destination)
    const expected = await stateOf(whole.destinationOf())
    expect(expected.files).toHaveLength(5)
    expect(destination.operations()).toBeGreaterThan(20)
    for (let last = 0; last < destination.operations(); last++) {
      const place = await written()
      await expect(merge(place.destinationOf(undefined, last))).rejects.toThrow(Killed)
      await merge(place.destinationOf())
      expect(await stateOf(place.destinationOf()), `killed after ${last}`).toEqual(expected)
      expect(await place.writers()).toEqual([])
    }
  })
})

test('a writer that resumes keeps a file that it had begun if another one has recorded it', async () => {
  const place = sharedPlace()
  await writeImageSets(place.destinationOf('a'), [one], { killedIn: { ...two, instances: ['3', '9'] } })
  await writeImageSets(place.destinationOf('b'), [two])
  await writeImageSets(place.destinationOf('a'), [], { mode: 'resume' })
  expect([...place.files.keys()].sort()).toEqual(['one/1.dcm', 'one/2.dcm', 'two/3.dcm', 'two/4.dcm', 'two/5.dcm'])
  const problems: unknown[] = []
  for await (const event of verifyExport(place.destinationOf())) if (event.kind === 'problem') problems.push(event)
  expect(problems).toEqual([])
})
