import { describe, expect, test } from 'vitest'
import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { createFormats, recordNames, verifyExport, writeInstanceFiles } from '@ahi-dicom/export-files'
import type { Destination, OutputMode, RecordedImageSet } from '@ahi-dicom/export-files'
import { entryOf, instanceDouble, keyOf } from './instance-double.ts'
import { memoryDestination, textOf, without } from './memory-destination.ts'
import type { MemoryDestination } from './memory-destination.ts'
import { openExport, type OpenExport } from './open-export.ts'
import { recordMemory } from './record-memory.ts'

const formats = createFormats(['dcm'])
const imageSetId = 'a'.repeat(32)
const otherId = 'b'.repeat(32)
const selection = 'store/primary'

function instance(sopInstanceUid: string, version: string, id = imageSetId): DicomInstance {
  return instanceDouble({ sopInstanceUid, imageSetId: id, chunks: [Buffer.from(`${sopInstanceUid} of ${version}`)] })
}

function imageSet(versionId: string, instances: number, id = imageSetId) {
  return { datastoreId: instance('1.1', '1').datastoreId, imageSetId: id, versionId, instances }
}

/** Exports instances, then finishes their image set. */
async function exportAll(running: OpenExport, versionId: string, uids: readonly string[], id = imageSetId) {
  for (const uid of uids) {
    const files = await running.write(instance(uid, versionId, id))
    await running.record.add(files.map((file) => entryOf(instance(uid, versionId, id), file, versionId)))
  }
  await running.record.finishImageSet(imageSet(versionId, uids.length, id))
}

/** Writes instances of a new version into the staging folder, then replaces the image set. */
async function replaceAll(destination: Destination, running: OpenExport, versionId: string, uids: readonly string[]) {
  const entries = []
  for (const uid of uids) {
    const one = instance(uid, versionId)
    const key = keyOf(one, versionId)
    const stem = running.record.stage(running.record.claim(uid, key), key)
    if (stem === undefined) throw new TypeError('cannot stage')
    const files = await writeInstanceFiles({ instance: one, stem }, formats, destination)
    entries.push(...files.map((file) => entryOf(one, file, versionId)))
  }
  await running.record.replaceImageSet({ ...imageSet(versionId, uids.length), entries })
}

async function exported(...sets: readonly (readonly [string, readonly string[]])[]): Promise<MemoryDestination> {
  const destination = memoryDestination()
  await using running = await openExport(destination, { selection })
  for (const [id, uids] of sets) await exportAll(running, '1', uids, id)
  await end(running)
  return destination
}

async function end(running: OpenExport): Promise<void> {
  await running.flush()
  expect(await running.record.finish({ isComplete: true })).toEqual([])
  await running.record.close({ outcome: 'complete' })
}

function resume(destination: Destination, mode: OutputMode = 'sync', name = selection): Promise<OpenExport> {
  return openExport(destination, { mode, selection: name })
}

function textsOf({ files }: MemoryDestination): Record<string, string> {
  return Object.fromEntries([...files].map(([path, bytes]) => [path, Buffer.from(bytes).toString()]))
}

async function problemsOf(destination: Destination): Promise<readonly string[]> {
  const problems: string[] = []
  for await (const event of verifyExport(destination, { maxMemory: recordMemory.bytes })) {
    if (event.kind === 'problem') problems.push(`${event.problem} ${event.path}`)
  }
  return problems
}

describe('a finished image set', () => {
  test('has its version in a later run with the same or a smaller selection', async () => {
    const destination = await exported([imageSetId, ['1.1', '1.2']])
    for (const [name, version] of [
      ['store/primary', '1'],
      ['store/primary/abc', '1'],
      ['store', undefined],
      ['store/primary2', undefined],
    ] as const) {
      await using running = await resume(destination, 'resume', name)
      expect(running.record.imageSetVersion(imageSetId)).toBe(version)
      expect(running.record.imageSetVersion(otherId)).toBeUndefined()
    }
  })

  test('does not count if one of its files or lines is missing, or would be written differently', async () => {
    const changes: readonly ((destination: MemoryDestination) => unknown)[] = [
      ({ files }) => files.delete('1.2.dcm'),
      async ({ record }) => {
        const lines = (await textOf(record, recordNames.manifest)).split('\n')
        await record.write(recordNames.manifest, Buffer.from(lines.toSpliced(0, 1).join('\n')))
      },
      async ({ record }) => {
        const text = await textOf(record, recordNames.manifest)
        await record.write(recordNames.manifest, Buffer.from(text.replace('"finished":true', '"finished":null')))
      },
    ]
    for (const change of changes) {
      const destination = await exported([imageSetId, ['1.1', '1.2']])
      await change(destination)
      await using running = await resume(destination)
      expect(running.record.imageSetVersion(imageSetId)).toBeUndefined()
      expect(running.record.imageSet(imageSetId)).toMatchObject({ versionId: '1', isWhole: false })
    }
  })

  test('does not count once an export is started over', async () => {
    const destination = await exported([imageSetId, ['1.1']])
    await (await resume(destination, 'overwrite')).record.close()
    await using running = await resume(destination)
    expect(running.record.imageSetVersion(imageSetId)).toBeUndefined()
  })

  test('can have no instances', async () => {
    const destination = await exported([imageSetId, []], [otherId, ['1.1']])
    await using running = await resume(destination)
    expect(running.record.imageSetVersion(imageSetId)).toBe('1')
  })

  test('is yielded with its files', async () => {
    const destination = await exported([imageSetId, ['1.1', '1.2']], [otherId, ['1.3']])
    await using running = await resume(destination)
    const found: RecordedImageSet[] = []
    for await (const one of running.record.imageSets()) found.push(one)
    const verified = { unverified: 0, unchecked: 0, selection, isWhole: true, hasOther: false }
    expect(found).toEqual([
      { imageSetId, versionId: '1', files: 2, instances: 2, ...verified },
      { imageSetId: otherId, versionId: '1', files: 1, instances: 1, ...verified },
    ])
    const paths: string[] = []
    for await (const { path } of running.record.filesOf(imageSetId)) paths.push(path)
    expect(paths).toEqual(['1.1.dcm', '1.2.dcm'])
  })
})

describe('a removed image set', () => {
  test('has its files removed at the end of the run', async () => {
    const destination = await exported([imageSetId, ['1.1', '1.2']], [otherId, ['1.3']])
    await using running = await resume(destination)
    await running.record.removeImageSet(imageSetId)
    expect(running.record.imageSet(imageSetId)).toBeUndefined()
    await end(running)
    expect(textsOf(destination)).toEqual({ '1.3.dcm': '1.3 of 1' })
    expect(await problemsOf(destination)).toEqual([])
  })

  test('has its files removed by the next run if this one is killed', async () => {
    const destination = await exported([imageSetId, ['1.1', '1.2']], [otherId, ['1.3']])
    const running = await resume(destination)
    await running.record.removeImageSet(imageSetId)
    await running.record.close()
    await using _again = await resume(destination, 'resume')
    expect(textsOf(destination)).toEqual({ '1.3.dcm': '1.3 of 1' })
    expect(await destination.linesOf(recordNames.manifest)).toHaveLength(2)
  })
})

describe('an image set with a new version', () => {
  test('replaces the old version completely', async () => {
    const destination = await exported([imageSetId, ['1.1', '1.2']], [otherId, ['1.3']])
    const before = textsOf(destination)
    await using running = await resume(destination)
    const watched = { ...destination, move: async () => expect.fail('moved too early') }
    await expect(replaceAll(watched, running, '2', [])).resolves.toBeUndefined()
    expect(textsOf(destination)).toEqual(before)
    await replaceAll(destination, running, '2', ['1.1', '1.4'])
    expect(running.record.imageSetVersion(imageSetId)).toBe('2')
    await end(running)
    expect(textsOf(destination)).toEqual({ '1.1.dcm': '1.1 of 2', '1.3.dcm': '1.3 of 1', '1.4.dcm': '1.4 of 2' })
    expect(await problemsOf(destination)).toEqual([])
  })

  test('is staged first; the next run ignores and empties the staging folder', async () => {
    const destination = await exported([imageSetId, ['1.1']])
    const before = textsOf(destination)
    const running = await resume(destination)
    const key = keyOf(instance('1.1', '2'), '2')
    const stem = running.record.stage('1.1', key) ?? ''
    expect(stem).toBe(`.ahi-dicom/staged/${imageSetId}/1.1`)
    await writeInstanceFiles({ instance: instance('1.1', '2'), stem }, formats, destination)
    await running.record.close({ outcome: 'interrupted' })
    expect(await problemsOf(destination)).toEqual(['incomplete summary.json'])
    await using _again = await resume(destination)
    expect(textsOf(destination)).toEqual(before)
  })

  test('replaces the old version in the next run if this one is killed while it moves files', async () => {
    const destination = await exported([imageSetId, ['1.1', '1.2', '1.3']], [otherId, ['1.5']])
    let moves = 0
    const move = async (from: string, to: string): Promise<void> => {
      if ((moves += 1) > 1) throw new Error('killed')
      await destination.move?.(from, to)
    }
    const running = await resume({ ...destination, move })
    await expect(replaceAll(destination, running, '2', ['1.1', '1.3', '1.4'])).rejects.toThrow('killed')
    await running.record.close()
    expect(await problemsOf(destination)).toContain('incomplete summary.json')
    await using again = await resume(destination, 'resume')
    const expected = { '1.1.dcm': '1.1 of 2', '1.3.dcm': '1.3 of 2', '1.4.dcm': '1.4 of 2', '1.5.dcm': '1.5 of 1' }
    expect(textsOf(destination)).toEqual(expected)
    expect(again.record.imageSetVersion(imageSetId)).toBe('2')
    expect(await destination.linesOf(recordNames.manifest)).toHaveLength(6)
    await end(again)
    expect(await problemsOf(destination)).toEqual([])
  })

  test('replaces its instances one by one if files cannot be moved', async () => {
    const destination = await exported([imageSetId, ['1.1', '1.2']])
    await using running = await resume(without(destination, 'move'))
    expect(running.record.stage('1.1', { imageSetId })).toBeUndefined()
    await exportAll(running, '2', ['1.1', '1.4'])
    await end(running)
    expect(textsOf(destination)).toEqual({ '1.1.dcm': '1.1 of 2', '1.4.dcm': '1.4 of 2' })
  })

  test('keeps instances that only the old version has in mode resume', async () => {
    const destination = await exported([imageSetId, ['1.1', '1.2']])
    await using running = await resume(destination, 'resume')
    await exportAll(running, '2', ['1.1'])
    await end(running)
    expect(textsOf(destination)).toEqual({ '1.1.dcm': '1.1 of 2', '1.2.dcm': '1.2 of 1' })
  })
})

test('another image set takes over the path of an instance, and the rest of the old one is removed', async () => {
  const destination = await exported([imageSetId, ['1.1', '1.2']])
  await using running = await resume(destination)
  const files = []
  for await (const file of running.record.files()) files.push(file)
  expect(files.map(({ path, stem }) => [path, stem])).toEqual([
    ['1.1.dcm', '1.1'],
    ['1.2.dcm', '1.2'],
  ])
  const [first, second] = files
  if (first === undefined || second === undefined) throw new TypeError('Expected two files')
  const key = keyOf(instance('1.1', '1', otherId), '1')
  running.record.release('1.1', { ...key, imageSetId })
  await running.record.removeFiles([second.path])
  await exportAll(running, '1', ['1.1'], otherId)
  await end(running)
  expect([...destination.files.keys()]).toEqual(['1.1.dcm'])
})
