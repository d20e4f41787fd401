import { describe, expect, test } from 'vitest'
import { createFormats, memoryRecord, openRecord, pngFormat, recordNames } from '@ahi-dicom/export-files'
import type {
  ChecksumResult,
  Destination,
  ExportRecord,
  Format,
  RequestedForm,
  InstanceFileEntry,
  OpenRecordOptions,
  OutputMode,
} from '@ahi-dicom/export-files'
import type { DicomInstance } from '@ahi-dicom/dicomizer'
import { entryOf, instanceDouble, keyOf } from './instance-double.ts'
import { memoryDestination, textOf, without } from './memory-destination.ts'
import { openExport } from './open-export.ts'
import { recordMemory } from './record-memory.ts'

const greyFrame = { Rows: 2, Columns: 2, BitsStored: 8, PhotometricInterpretation: 'MONOCHROME2' }
const first = instanceDouble({ sopInstanceUid: '1.1' })
const second = instanceDouble({ sopInstanceUid: '1.2' })

/** Writes an instance as `1.1.dcm`, and records it with these members. */
async function recorded(members: Partial<InstanceFileEntry>): Promise<Destination> {
  const destination = memoryDestination()
  const running = await openExport(destination)
  const [file] = await running.write(first)
  if (file === undefined) throw new TypeError('no file')
  await running.record.add([{ ...entryOf(first, file), ...members }])
  await running.record.close()
  return destination
}

async function isCompleted(destination: Destination, options: Partial<OpenRecordOptions> = {}): Promise<boolean> {
  const formats = createFormats(['dcm'])
  await using record = await openRecord(destination, {
    mode: 'resume',
    formats,
    maxMemory: recordMemory.bytes,
    ...options,
  })
  return completed(record, first)
}

function completed(record: ExportRecord, instance: DicomInstance, stem = instance.sopInstanceUid): boolean {
  return record.completed(keyOf(instance), record.claim(stem, keyOf(instance))) !== undefined
}

test('an instance that gets no animation is complete with its other files', async () => {
  const destination = memoryDestination()
  const formats = createFormats(['dcm', 'gif'], { gif: { cine: 'series' } })
  const report = instanceDouble({ sopInstanceUid: '1.1' })
  const single = instanceDouble({ sopInstanceUid: '1.2', attributes: greyFrame, frames: [new Uint8Array(4)] })
  const twice = { NumberOfFrames: 2, ...greyFrame }
  const double = instanceDouble({
    sopInstanceUid: '1.3',
    attributes: twice,
    frames: [new Uint8Array(4), new Uint8Array(4)],
  })
  const running = await openExport(destination, { formats })
  for (const instance of [report, single, double]) await running.export(instance)
  await running.record.close()
  expect([...destination.files.keys()]).toEqual(['1.1.dcm', '1.2.dcm', '1.3.dcm', '1.3.gif'])
  const options = { mode: 'resume', maxMemory: recordMemory.bytes } as const
  await using record = await openRecord(destination, { ...options, formats })
  expect([report, single, double].map((instance) => completed(record, instance))).toEqual([true, true, true])
  destination.files.delete('1.3.gif')
  await record.close()
  await using later = await openRecord(destination, { ...options, formats })
  expect([report, single, double].map((instance) => completed(later, instance))).toEqual([true, true, false])
})

describe('a file of an earlier run is kept', () => {
  const requests: readonly RequestedForm[] = [
    { form: 'explicit', source: 'frames' },
    { form: 'explicit', source: 'instance' },
    { form: 'stored', source: 'frames' },
    { form: 'stored', source: 'instance' },
    { form: 'header-only', source: 'frames' },
  ]

  test('only if its line has the request of this run', async () => {
    for (const made of requests) {
      const destination = await recorded({ request: made })
      for (const request of requests) expect(await isCompleted(destination, { request })).toBe(request === made)
    }
    const headers = await recorded({ request: { form: 'header-only', source: 'instance' } })
    expect(await isCompleted(headers, { request: { form: 'header-only', source: 'frames' } })).toBe(true)
  })

  test.each<[ChecksumResult, boolean, boolean]>([
    ['verified', true, true],
    ['unverified', true, true],
    ['skipped', false, true],
    ['none', true, true],
  ])(
    'whose frames are %s: %s for a run that verifies, %s for one that does not',
    async (checksum, verifying, other) => {
      const destination = await recorded({ checksum })
      expect(await isCompleted(destination)).toBe(verifying)
      expect(await isCompleted(destination, { verifyFrames: false })).toBe(other)
    },
  )

  test('and keeps its checksum result', async () => {
    const destination = await recorded({ checksum: 'unverified' })
    await using record = await openRecord(destination, { mode: 'resume', formats: createFormats(['dcm']) })
    expect(record.completed(keyOf(first), '1.1')).toEqual({ checksum: 'unverified' })
  })

  test('but not if its line is of an older version, was changed, or has members of wrong types', async () => {
    const changes: readonly ((line: string) => string)[] = [
      (line) => line.replace(/,"crc32":"\w+"/, ''),
      (line) => line.replace('"form":"explicit"', '"form":"stored"'),
      (line) => line.replace('"checksum":"verified"', '"checksum":"none"'),
      (line) => line.replace('"versionId":"1"', '"versionId":"2"'),
    ]
    for (const change of changes) {
      const destination = await recorded({})
      const manifest = await textOf(destination.record, recordNames.manifest)
      await destination.record.write(recordNames.manifest, Buffer.from(change(manifest)))
      expect(await isCompleted(destination)).toBe(false)
    }
    for (const members of [{ request: null }, { request: { form: 'other', source: 'frames' } }, { checksum: 'good' }]) {
      expect(await isCompleted(await recorded(JSON.parse(JSON.stringify(members))))).toBe(false)
    }
  })

  test('if its format has the same settings now, in any order', async () => {
    const made = { window: { center: 40, width: 400 }, bits: 16 } as const
    const same = { bits: 16, window: { width: 400, center: 40 } } as const
    const others = [
      {},
      { ...made, bits: 8 },
      { ...made, overlays: true },
      { ...made, window: { center: 41, width: 400 } },
      { bits: 16, windowIndex: 0 },
    ] as const
    const destination = memoryDestination()
    const instance = instanceDouble({ frames: [new Uint8Array(4)], attributes: greyFrame })
    const running = await openExport(destination, { formats: [pngFormat(made)] })
    await running.export(instance)
    await running.record.close()
    for (const [settings, serves] of [[same, true], ...others.map((other) => [other, false] as const)] as const) {
      await using again = await openExport(destination, { mode: 'resume', formats: [pngFormat(settings)] })
      expect(again.completed(instance)).toBe(serves)
    }
  })

  test('if its format has no settings', async () => {
    const format: Format = {
      name: 'txt',
      mediaType: 'text/plain',
      readsPixels: false,
      *files() {
        yield { chunks: [Buffer.from('text')] }
      },
    }
    const destination = memoryDestination()
    const running = await openExport(destination, { formats: [format] })
    await running.export(first)
    await running.record.close()
    await using again = await openExport(destination, { mode: 'resume', formats: [format] })
    await using other = await openExport({ ...destination, record: memoryRecord() }, { formats: [format] })
    expect([again.completed(first), other.completed(first)]).toEqual([true, false])
  })
})

/** Exports the missing files of both instances. Returns the paths of the written files. */
async function exportBoth(destination: Destination, mode: OutputMode, layout: string): Promise<readonly string[]> {
  await using running = await openExport(destination, { mode, layout })
  const written: string[] = []
  for (const instance of [first, second]) {
    if (running.completed(instance)) continue
    written.push(...(await running.export(instance)).map(({ path }) => path))
  }
  await running.flush()
  expect(await running.record.finish({ isComplete: true })).toEqual([])
  await running.record.close({ outcome: 'complete' })
  return written
}

async function killed(): Promise<void> {
  throw new Error('killed')
}

describe('a resumed record', () => {
  test('with another layout writes every file again, and removes those at old paths', async () => {
    const destination = memoryDestination()
    await exportBoth(destination, 'new', '{SOPInstanceUID}')
    const paths = await exportBoth(destination, 'resume', '{SeriesInstanceUID}/{SOPInstanceUID}')
    expect(paths).toEqual(['1.2.3.4/1.1.dcm', '1.2.3.4/1.2.dcm'])
    expect([...destination.files.keys()]).toEqual(paths)
    expect(await exportBoth(destination, 'resume', '{SeriesInstanceUID}/{SOPInstanceUID}')).toEqual([])
  })

  test('keeps an instance that is in two series of an image set, and removes it for an earlier version', async () => {
    const destination = memoryDestination()
    const series = ['1.3', '1.4'].map((seriesInstanceUid) =>
      instanceDouble({ seriesInstanceUid, chunks: [Buffer.from(seriesInstanceUid)] }),
    )
    const run = async (mode: OutputMode, layout: string, versionId = '1'): Promise<readonly string[]> => {
      await using running = await openExport(destination, { mode, layout })
      for (const instance of series) {
        if (running.completed(instance, versionId)) continue
        const files = await running.write(instance)
        await running.record.add(files.map((file) => entryOf(instance, file, versionId)))
      }
      await running.record.finish({ isComplete: true })
      return [...destination.files].map(([path, bytes]) => `${path} ${String(Buffer.from(bytes))}`).toSorted()
    }
    const nested = ['1.3/1.2.3.4.5.dcm 1.3', '1.4/1.2.3.4.5.dcm 1.4']
    expect(await run('new', '{SeriesInstanceUID}/{SOPInstanceUID}')).toEqual(nested)
    const before = await textOf(destination.record, recordNames.manifest)
    expect(await run('resume', '{SeriesInstanceUID}/{SOPInstanceUID}')).toEqual(nested)
    expect(await textOf(destination.record, recordNames.manifest)).toBe(before)
    const flat = await run('resume', '{SOPInstanceUID}')
    expect(flat).toEqual([expect.stringMatching(/^1\.2\.3\.4\.5-\w+\.dcm 1\.4$/), '1.2.3.4.5.dcm 1.3'])
    expect(await run('resume', '{SOPInstanceUID}')).toEqual(flat)
    series.shift()
    expect(await run('resume', '{SeriesInstanceUID}/{SOPInstanceUID}', '2')).toEqual(nested.slice(1))
  })

  test('removes a file only after a line says so, and continues after a kill', async () => {
    const destination = memoryDestination()
    await exportBoth(destination, 'new', '{SOPInstanceUID}')
    const halfway = await openExport(
      { ...destination, remove: killed },
      { mode: 'resume', layout: 'a/{SOPInstanceUID}' },
    )
    await halfway.export(first)
    await halfway.export(second)
    expect([...destination.files.keys()]).toHaveLength(4)
    await expect(halfway.record.finish({ isComplete: true })).rejects.toThrow('killed')
    await halfway.record.close()
    expect(await destination.linesOf(recordNames.manifest)).toContainEqual({
      path: '1.1.dcm',
      removed: true,
      crc32: expect.any(String),
    })
    expect(await exportBoth(destination, 'resume', 'a/{SOPInstanceUID}')).toEqual([])
    expect([...destination.files.keys()]).toEqual(['a/1.1.dcm', 'a/1.2.dcm'])
    expect(await destination.linesOf(recordNames.manifest)).toHaveLength(2)
  })

  test('never removes files outside of the destination or of the record', async () => {
    for (const path of ['../1.1.dcm', '/1.1.dcm', 'C:\\1.1.dcm', './manifest.ndjson', 'Summary.json', 'a/../b.dcm']) {
      const removed: string[] = []
      const destination = memoryDestination()
      const running = await openExport(destination)
      const [file] = await running.write(first)
      if (file === undefined) throw new TypeError('no file')
      await running.record.add([
        { ...entryOf(first, file), path },
        { ...entryOf(first, file), path: 'a.dcm' },
      ])
      await running.record.close()
      const watched = { ...destination, remove: async (name: string) => void removed.push(name) }
      await using again = await openExport(watched, { mode: 'overwrite' })
      await again.export(first)
      await again.record.finish({ isComplete: true })
      expect(removed).toEqual(['a.dcm'])
    }
  })

  test('does not remove a file by its name in another case, because it may be the new one', async () => {
    const destination = memoryDestination()
    await exportBoth(destination, 'new', 'A/{SOPInstanceUID}')
    await using running = await openExport(destination, { mode: 'overwrite', layout: 'a/{SOPInstanceUID}' })
    await running.export(first)
    await running.export(second)
    await running.record.finish({ isComplete: true })
    expect([...destination.files.keys()]).toContain('A/1.1.dcm')
  })

  test('drops damaged lines', async () => {
    const destination = memoryDestination()
    await exportBoth(destination, 'new', '{SOPInstanceUID}')
    const lines = (await textOf(destination.record, recordNames.manifest)).split('\n')
    const [line = ''] = lines
    await destination.record.write(recordNames.manifest, Buffer.from([line.slice(9), ...lines.slice(1)].join('\n')))
    expect(await exportBoth(destination, 'resume', '{SOPInstanceUID}')).toEqual(['1.1.dcm'])
    expect(await destination.linesOf(recordNames.manifest)).toHaveLength(2)
  })

  test('keeps only the needed lines if an export is started over many times', async () => {
    const destination = memoryDestination()
    await exportBoth(destination, 'new', '{SOPInstanceUID}')
    for (let run = 0; run < 5; run += 1) await exportBoth(destination, 'overwrite', '{SOPInstanceUID}')
    expect((await destination.linesOf(recordNames.manifest)).length).toBeLessThan(8)
  })
})

async function exported(layout: string): Promise<ReturnType<typeof memoryDestination>> {
  const destination = memoryDestination()
  const running = await openExport(destination, { layout })
  await running.export(first)
  await running.export(second)
  await running.record.close()
  return destination
}

describe('an export that is started over', () => {
  test('removes files that it does not write again, once it is complete', async () => {
    const destination = await exported('old/{SOPInstanceUID}')
    await using running = await openExport(destination, { mode: 'overwrite' })
    await running.export(first)
    expect([...destination.files.keys()]).toEqual(['old/1.1.dcm', 'old/1.2.dcm', '1.1.dcm'])
    await running.record.finish({ isComplete: true })
    expect([...destination.files.keys()]).toEqual(['1.1.dcm'])
  })

  test('keeps them until it is complete', async () => {
    const destination = await exported('old/{SOPInstanceUID}')
    const running = await openExport(destination, { mode: 'overwrite' })
    await running.export(first)
    await running.record.finish({ isComplete: false })
    await running.record.close({ outcome: 'failed' })
    expect([...destination.files.keys()]).toEqual(['old/1.2.dcm', '1.1.dcm'])
    await using again = await openExport(destination, { mode: 'resume' })
    expect([again.completed(first), again.completed(second)]).toEqual([true, false])
    await again.export(second)
    await again.record.finish({ isComplete: true })
    expect([...destination.files.keys()]).toEqual(['1.1.dcm', '1.2.dcm'])
  })

  test('does not touch files that no line names', async () => {
    const destination = await exported('{SOPInstanceUID}')
    destination.files.set('notes.txt', Buffer.from('mine'))
    await using running = await openExport(destination, { mode: 'overwrite', layout: 'new/{SOPInstanceUID}' })
    await running.export(first)
    await running.record.finish({ isComplete: true })
    expect([...destination.files.keys()]).toEqual(['notes.txt', 'new/1.1.dcm'])
  })
})

describe('the end of a run', () => {
  test.each(['size', 'list'] as const)('returns recorded files that are missing or cut, by %s', async (by) => {
    const destination = memoryDestination()
    const size = async (path: string): Promise<number | undefined> => destination.files.get(path)?.byteLength
    await using running = await openExport(by === 'list' ? destination : { ...without(destination, 'list'), size })
    await running.export(first)
    await running.export(second)
    expect(await running.record.finish({ isComplete: true })).toEqual([])
    destination.files.delete('1.1.dcm')
    destination.files.set('1.2.dcm', Buffer.from('cut'))
    expect(await running.record.finish({ isComplete: true })).toMatchObject([
      { path: '1.1.dcm', sopInstanceUid: '1.1', isOfThisRun: true },
      { path: '1.2.dcm', sopInstanceUid: '1.2', isOfThisRun: true },
    ])
  })

  test('notices that the manifest is missing, cut, or has foreign lines', async () => {
    const changes: readonly ((text: string) => string | undefined)[] = [
      () => undefined,
      (text) => text.slice(0, -1),
      (text) => text + text,
      (text) => text.replace('1.1.dcm', '1.7.dcm'),
    ]
    for (const change of changes) {
      const destination = memoryDestination()
      await using running = await openExport(destination)
      await running.export(first)
      const changed = change(await textOf(destination.record, recordNames.manifest))
      if (changed === undefined) await destination.record.remove(recordNames.manifest)
      else await destination.record.write(recordNames.manifest, Buffer.from(changed))
      await expect(running.record.finish({ isComplete: true })).rejects.toMatchObject({ code: 'OUTPUT_RECORD_LOST' })
    }
  })

  test('is not needed to notice a missing manifest: each flush checks its size', async () => {
    const destination = memoryDestination()
    await using running = await openExport(destination)
    await running.export(first)
    await destination.record.remove(recordNames.manifest)
    await expect(running.flush()).rejects.toMatchObject({ code: 'OUTPUT_RECORD_LOST', fatal: true })
  })
})
