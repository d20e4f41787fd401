import { appendFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { describe, expect, test } from 'vitest'
import { directorySink, verifyDirectory } from '@ahi-dicom/exporter-fs'
import type {
  DirectorySink,
  DirectorySinkOptions,
  SinkInstance,
  VerificationSummary,
  WrittenFile,
} from '@ahi-dicom/exporter-fs'
import { attributesOf, entryOf, instanceDouble } from './instance-double.ts'
import { filesBelow, mountTmpfs, temporaryDirectory, whyNoMount } from './temporary-directory.ts'

const noMount = whyNoMount()
const greyFrame = { Rows: 2, Columns: 2, BitsStored: 8, PhotometricInterpretation: 'MONOCHROME2' }

async function opened(directory: string, options: Partial<DirectorySinkOptions> = {}): Promise<DirectorySink> {
  const sink = directorySink({ directory, mode: 'new', layout: '{SOPInstanceUID}', ...options })
  await sink.open()
  return sink
}

async function writeAndJournal(sink: DirectorySink, instance: SinkInstance): Promise<readonly WrittenFile[]> {
  const files = await sink.write(instance)
  for (const file of files) await sink.journal(entryOf(instance, file))
  return files
}

async function verified(directory: string): Promise<VerificationSummary> {
  for await (const event of verifyDirectory(directory)) if (event.kind === 'summary') return event
  throw new TypeError('no summary')
}

function linesOf(path: string): readonly unknown[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
}

describe('directorySink', () => {
  test('writes files, a manifest, errors and a summary', async () => {
    using directory = temporaryDirectory()
    const target = join(directory.path, 'new/out')
    const sink = await opened(target)
    const instance = instanceDouble()
    const [file] = await writeAndJournal(sink, instance)
    const failure = { datastoreId: instance.datastoreId, code: 'FRAME_MISSING', message: 'no', retryable: false }
    await sink.report(failure)
    await sink.close({ outcome: 'complete' })
    expect(file).toMatchObject({ path: '1.2.3.4.5.dcm', format: 'dcm', byteLength: 6 })
    expect(filesBelow(target)).toEqual(['1.2.3.4.5.dcm', 'errors.ndjson', 'manifest.ndjson', 'summary.json'])
    expect(linesOf(join(target, 'manifest.ndjson'))).toMatchObject([
      { path: '1.2.3.4.5.dcm', bytes: 6, sha256: file?.sha256 },
    ])
    expect(linesOf(join(target, 'errors.ndjson'))).toEqual([failure])
    expect(JSON.parse(readFileSync(join(target, 'summary.json'), 'utf8'))).toEqual({ outcome: 'complete' })
  })

  test('writes a PNG of every frame, numbered from 1 where there are several', async () => {
    using directory = temporaryDirectory()
    await using sink = await opened(directory.path, { formats: ['dcm', 'png'] })
    const frame = new Uint8Array(4)
    const several = instanceDouble({ frames: Array.from({ length: 6 }, () => frame), attributes: greyFrame })
    expect(await sink.write(several)).toMatchObject([
      { path: '1.2.3.4.5.dcm', format: 'dcm' },
      ...[1, 2, 3, 4, 5, 6].map((number) => ({ path: `1.2.3.4.5-000${number}.png`, format: 'png', frame: number - 1 })),
    ])
    const one = instanceDouble({ sopInstanceUid: '1.2', frames: [frame], attributes: greyFrame })
    expect(await sink.write(one)).toMatchObject([{ path: '1.2.dcm' }, { path: '1.2.png', frame: 0 }])
    expect(await sink.write(instanceDouble({ sopInstanceUid: '1.3' }))).toMatchObject([{ path: '1.3.dcm' }])
  })

  test('writes PNGs of the frames it is told to', async () => {
    using directory = temporaryDirectory()
    const frames = Array.from({ length: 6 }, () => new Uint8Array(4))
    const instance = instanceDouble({ frames, attributes: greyFrame })
    const wanted = { formats: ['png'], frames: [{ from: 3, to: 4 }, 0, 4] } as const
    await using sink = await opened(directory.path, wanted)
    const written = await writeAndJournal(sink, instance)
    expect(written.map(({ path }) => path)).toEqual(['1.2.3.4.5-0001.png', '1.2.3.4.5-0004.png', '1.2.3.4.5-0005.png'])
    const few = instanceDouble({ sopInstanceUid: '1.2', frames: frames.slice(0, 4), attributes: greyFrame })
    await expect(sink.write(few)).rejects.toMatchObject({
      code: 'PICTURE_NO_SUCH_FRAME',
      frame: 4,
      sopInstanceUid: '1.2',
    })
    expect(await sink.write(instanceDouble({ sopInstanceUid: '1.3' }))).toEqual([])
  })

  test('writes PNGs of frames that are counted as pictures alone, by the attributes as they are then', async () => {
    using directory = temporaryDirectory()
    await using sink = await opened(directory.path, { formats: ['png'] })
    const double = instanceDouble({
      frameCount: 0,
      pictureCount: 2,
      frames: [Float32Array.of(1, 2, 3, 4), Float32Array.of(4, 3, 2, 1)],
      attributes: { ...greyFrame, Rows: 1 },
    })
    let reads = 0
    const instance = {
      ...double,
      get attributes() {
        return reads === 0 ? double.attributes : attributesOf({ ...greyFrame, BitsStored: 32 })
      },
      frame: (index: number) => ((reads += 1), double.frame(index)),
    }
    const written = await sink.write(instance)
    expect(written.map(({ path }) => path)).toEqual(['1.2.3.4.5-0001.png', '1.2.3.4.5-0002.png'])
    const [first] = written.map(({ path }) => PNG.sync.read(readFileSync(join(directory.path, path))))
    expect(first).toMatchObject({ width: 2, height: 2 })
    expect([0, 4, 8, 12].map((at) => first?.data[at])).toEqual([0, 85, 170, 255])
  })

  test('writes no picture of an instance that turns out to have none', async () => {
    using directory = temporaryDirectory()
    await using sink = await opened(directory.path, { formats: ['png'] })
    let wasRead = false
    const instance = {
      ...instanceDouble({ frameCount: 1 }),
      get pictureCount() {
        return wasRead ? 0 : 1
      },
      frame: () => ((wasRead = true), Promise.reject(new Error('its file has no frame 1'))),
    }
    expect(await sink.write(instance)).toEqual([])
  })

  test('refuses frames that can be of no instance', () => {
    for (const frame of [-1, 0.5, Number.NaN, { from: 3, to: 2 }, { from: 0, to: Infinity }]) {
      expect(() => directorySink({ directory: 'x', mode: 'new', frames: [frame] })).toThrow(TypeError)
    }
  })

  test('leaves nothing of an instance that fails', async () => {
    using directory = temporaryDirectory()
    await using sink = await opened(directory.path, { formats: ['dcm', 'png'] })
    const frames = [new Uint8Array(4), new Uint8Array(4), new Uint8Array(1)]
    const instance = instanceDouble({ frames, attributes: greyFrame })
    await expect(sink.write(instance)).rejects.toMatchObject({ code: 'RENDER_PIXEL_COUNT_MISMATCH' })
    expect(filesBelow(directory.path)).toEqual(['.ahi-dicom.lock', 'manifest.ndjson'])
  })

  test('keeps the DICOM file of an instance whose pictures fail, where someone takes the reason', async () => {
    using directory = temporaryDirectory()
    await using sink = await opened(directory.path, { formats: ['dcm', 'png'] })
    const frames = [new Uint8Array(4), new Uint8Array(4), new Uint8Array(1)]
    const failures: unknown[] = []
    const onFailure = (error: unknown): unknown => failures.push(error)
    const written = await sink.write(instanceDouble({ frames, attributes: greyFrame }), { onFailure })
    expect(written).toMatchObject([{ path: '1.2.3.4.5.dcm', format: 'dcm' }])
    expect(failures).toMatchObject([{ code: 'RENDER_PIXEL_COUNT_MISMATCH' }])
    expect(filesBelow(directory.path)).toEqual(['.ahi-dicom.lock', '1.2.3.4.5.dcm', 'manifest.ndjson'])
  })

  test('fails an instance without a DICOM file, and one that is aborted, whoever takes reasons', async () => {
    using directory = temporaryDirectory()
    const options = { onFailure: (error: unknown) => expect.unreachable(String(error)) }
    const instance = instanceDouble({ frames: [new Uint8Array(1)], attributes: greyFrame })
    await using pictures = await opened(join(directory.path, 'png'), { formats: ['png'] })
    await expect(pictures.write(instance, options)).rejects.toMatchObject({ code: 'RENDER_PIXEL_COUNT_MISMATCH' })
    await using both = await opened(join(directory.path, 'both'), { formats: ['dcm', 'png'] })
    const controller = new AbortController()
    const aborted = {
      ...instance,
      async frame() {
        controller.abort(new Error('enough'))
        return new Uint8Array(4)
      },
    }
    await expect(both.write(aborted, { ...options, signal: controller.signal })).rejects.toThrow('enough')
    expect(filesBelow(join(directory.path, 'both'))).toEqual(['.ahi-dicom.lock', 'manifest.ndjson'])
  })

  test.each([
    [1, 1],
    [3, 3],
    [40, 4],
    [undefined, 4],
  ])('holds at most as many frames as it may: of %s, %i', async (maxFrames, expected) => {
    using directory = temporaryDirectory()
    await using sink = await opened(directory.path, { formats: ['png'] })
    const instance = instanceDouble({
      frames: Array.from({ length: 9 }, () => new Uint8Array(4)),
      attributes: greyFrame,
    })
    let read = 0
    let mostHeld = 0
    const counting = {
      ...instance,
      async frame(index: number) {
        const written = filesBelow(directory.path).filter((path) => path.endsWith('.png') && !path.startsWith('.'))
        mostHeld = Math.max(mostHeld, ++read - written.length)
        return instance.frame(index)
      },
    }
    expect(await sink.write(counting, { maxFrames })).toHaveLength(9)
    expect(mostHeld).toBe(expected)
  })

  test.each([
    [['dcm', 'png'], true],
    [['dcm'], false],
    [['png'], false],
  ] as const)('says whether it reads frames twice: %j %s', (formats, rereadsFrames) => {
    expect(directorySink({ directory: 'nowhere', mode: 'new', formats }).rereadsFrames).toBe(rereadsFrames)
  })

  test('keeps instances apart that a path would bring together', async () => {
    using directory = temporaryDirectory()
    await using sink = await opened(directory.path, { layout: '{PatientID}/{SOPInstanceUID}' })
    const other = { imageSetId: 'f'.repeat(32) }
    const paths = await Promise.all(
      [
        instanceDouble({ attributes: { PatientID: 'ab' } }),
        instanceDouble({ ...other, attributes: { PatientID: 'ab' } }),
        instanceDouble({ imageSetId: 'e'.repeat(32), attributes: { PatientID: 'AB' } }),
        instanceDouble({ attributes: { PatientID: 'ab' } }),
      ].map(async (instance) => (await sink.write(instance))[0]?.path),
    )
    expect(paths[0]).toBe('ab/1.2.3.4.5.dcm')
    expect(paths[1]).toMatch(/^ab\/1\.2\.3\.4\.5-[0-9a-f]{8}\.dcm$/)
    expect(paths[2]).toMatch(/^AB\/1\.2\.3\.4\.5-[0-9a-f]{8}\.dcm$/)
    expect(paths[3]).toBe(paths[0])
  })

  test('refuses to write before it is open', async () => {
    using directory = temporaryDirectory()
    const sink = directorySink({ directory: directory.path, mode: 'new' })
    await expect(sink.write(instanceDouble())).rejects.toMatchObject({ code: 'OUTPUT_NOT_OPEN' })
  })
})

describe('a folder that holds an export', () => {
  const first = instanceDouble({ sopInstanceUid: '1.1' })
  const second = instanceDouble({ sopInstanceUid: '1.2' })

  async function exportBoth(directory: string): Promise<void> {
    const sink = await opened(directory)
    await writeAndJournal(sink, first)
    await writeAndJournal(sink, second)
    await sink.close({})
  }

  test('is refused by mode new, untouched', async () => {
    using directory = temporaryDirectory()
    await exportBoth(directory.path)
    const before = filesBelow(directory.path)
    const refusal = await opened(directory.path).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'OUTPUT_EXISTS' })
    expect(String(refusal)).toMatch(/--resume.*--overwrite/s)
    expect(filesBelow(directory.path)).toEqual(before)
  })

  test('is gone on with by mode resume: what is journaled and still there counts', async () => {
    using directory = temporaryDirectory()
    await exportBoth(directory.path)
    await using sink = await opened(directory.path, { mode: 'resume' })
    expect([first, second].map((key) => sink.completed(key))).toEqual([true, true])
    expect(sink.completed({ ...first, sopInstanceUid: '1.3' })).toBe(false)
    expect(sink.completed({ ...first, versionId: '1' })).toBe(true)
    expect(sink.completed({ ...first, versionId: '2' })).toBe(false)
    expect(filesBelow(directory.path)).toEqual(['.ahi-dicom.lock', '1.1.dcm', '1.2.dcm', 'manifest.ndjson'])
  })

  test('does not count what is gone, cut, or noted in a torn line; the journal goes on whole', async () => {
    using directory = temporaryDirectory()
    await exportBoth(directory.path)
    rmSync(join(directory.path, '1.1.dcm'))
    writeFileSync(join(directory.path, '1.2.dcm'), 'cut')
    appendFileSync(join(directory.path, 'manifest.ndjson'), '{"datastoreId":"1234')
    const sink = await opened(directory.path, { mode: 'resume' })
    expect([first, second].map((key) => sink.completed(key))).toEqual([false, false])
    await writeAndJournal(sink, first)
    expect(sink.completed(first)).toBe(true)
    await sink.close()
    expect(linesOf(join(directory.path, 'manifest.ndjson'))).toMatchObject([
      { path: '1.1.dcm' },
      { path: '1.2.dcm' },
      { path: '1.1.dcm' },
    ])
  })

  test('needs all PNGs of an instance to count it', async () => {
    using directory = temporaryDirectory()
    const frames = [new Uint8Array(4), new Uint8Array(4)]
    const instance = instanceDouble({ frames, attributes: greyFrame })
    const sink = await opened(directory.path, { formats: ['dcm', 'png'] })
    await writeAndJournal(sink, instance)
    await sink.close()
    rmSync(join(directory.path, '1.2.3.4.5-0002.png'))
    await using again = await opened(directory.path, { mode: 'resume', formats: ['dcm', 'png'] })
    expect(again.completed(instance)).toBe(false)
  })

  test('needs the PNGs of those frames that are wanted now', async () => {
    using directory = temporaryDirectory()
    const instance = instanceDouble({
      frames: Array.from({ length: 3 }, () => new Uint8Array(4)),
      attributes: greyFrame,
    })
    const completed = async (mode: 'new' | 'resume', frames?: readonly number[]): Promise<boolean> => {
      await using sink = await opened(directory.path, { mode, formats: ['png'], frames })
      const isComplete = sink.completed(instance)
      if (!isComplete) for (const file of await sink.write(instance)) await sink.journal({ ...entryOf(instance, file) })
      return isComplete
    }
    expect(await completed('new', [1])).toBe(false)
    expect(await completed('resume', [1])).toBe(true)
    expect(await completed('resume', [2])).toBe(false)
    expect(await completed('resume', [1, 2])).toBe(true)
    expect(await completed('resume')).toBe(false)
    expect(await completed('resume')).toBe(true)
  })

  test('keeps the path of each instance in a later run', async () => {
    using directory = temporaryDirectory()
    const other = instanceDouble({ sopInstanceUid: '1.1', imageSetId: 'f'.repeat(32) })
    const sink = await opened(directory.path)
    const paths = [await writeAndJournal(sink, first), await writeAndJournal(sink, other)].map(([file]) => file?.path)
    await sink.close()
    await using again = await opened(directory.path, { mode: 'resume' })
    expect([await again.write(other), await again.write(first)].map(([file]) => file?.path)).toEqual(paths.toReversed())
  })

  test('keeps the warnings of earlier runs, whose instances are not written again', async () => {
    using directory = temporaryDirectory()
    const { datastoreId, imageSetId, studyInstanceUid, seriesInstanceUid, sopInstanceUid } = first
    const key = { datastoreId, imageSetId, versionId: '1', studyInstanceUid, seriesInstanceUid, sopInstanceUid }
    const warning = { ...key, code: 'CHARACTER_SET_CHANGED', tag: '00080005', message: 'now UTF-8', instances: 2 }
    const warnings = join(directory.path, 'warnings.ndjson')
    const sink = await opened(directory.path)
    await writeAndJournal(sink, first)
    await sink.warn(warning)
    await sink.close()
    appendFileSync(warnings, '{"datastoreId":"1234')
    const again = await opened(directory.path, { mode: 'resume' })
    await again.warn({ ...warning, instances: 1 })
    await again.close()
    expect(linesOf(warnings)).toEqual([warning, { ...warning, instances: 1 }])
    const { files, problems } = await verified(directory.path)
    expect({ files, problems }).toEqual({ files: 1, problems: 0 })
    await using afresh = await opened(directory.path, { mode: 'overwrite' })
    expect(afresh.completed(first)).toBe(false)
    expect(filesBelow(directory.path)).not.toContain('warnings.ndjson')
  })

  test('does not count a file that lacks something of its instance', async () => {
    using directory = temporaryDirectory()
    const sink = await opened(directory.path)
    const [file] = await sink.write(first)
    if (file === undefined) throw new TypeError('no file')
    await sink.journal({ ...entryOf(first, file), notices: ['ATTRIBUTE_NOT_WRITTEN'], hasLoss: true })
    await sink.close()
    await using again = await opened(directory.path, { mode: 'resume' })
    expect(again.completed(first)).toBe(false)
    expect((await again.write(first)).map(({ path }) => path)).toEqual([file.path])
  })

  test('is started over by mode overwrite, file by file', async () => {
    using directory = temporaryDirectory()
    await exportBoth(directory.path)
    await using sink = await opened(directory.path, { mode: 'overwrite' })
    expect(sink.completed(first)).toBe(false)
    expect(readFileSync(join(directory.path, 'manifest.ndjson'), 'utf8')).toBe('')
    expect(filesBelow(directory.path)).toContain('1.2.dcm')
  })
})

describe('the lock of a folder', () => {
  test('keeps a second export out until the first is closed', async () => {
    using directory = temporaryDirectory()
    const sink = await opened(directory.path)
    await expect(opened(directory.path, { mode: 'resume' })).rejects.toMatchObject({
      code: 'OUTPUT_LOCKED',
      fatal: true,
    })
    await sink.close()
    await (await opened(directory.path, { mode: 'resume' })).close()
  })

  test('lets one of many in', async () => {
    using directory = temporaryDirectory()
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () => opened(directory.path, { mode: 'resume' })),
    )
    const sinks = attempts.flatMap((attempt) => (attempt.status === 'fulfilled' ? [attempt.value] : []))
    await Promise.all(sinks.map((sink) => sink.close()))
    expect(sinks).toHaveLength(1)
  })

  test.each([
    ['a process that is gone', { pid: 4_194_303, hostname: hostname() }],
    ['an earlier process of this number', { pid: process.ppid, hostname: hostname(), startedAt: 'another boot:1' }],
    ['this process, which does not hold it', { pid: process.pid, hostname: hostname(), token: 'lost' }],
  ])('of %s is taken over', async (_, holder) => {
    using directory = temporaryDirectory()
    writeFileSync(join(directory.path, '.ahi-dicom.lock'), JSON.stringify(holder))
    await using sink = await opened(directory.path)
    expect((await sink.write(instanceDouble())).length).toBe(1)
  })

  test.each([
    ['another machine', JSON.stringify({ pid: 4_194_303, hostname: 'elsewhere' })],
    ['nobody known', '{"pid":'],
  ])('of %s is respected', async (_, content) => {
    using directory = temporaryDirectory()
    writeFileSync(join(directory.path, '.ahi-dicom.lock'), content)
    await expect(opened(directory.path)).rejects.toMatchObject({ code: 'OUTPUT_LOCKED' })
    expect(readFileSync(join(directory.path, '.ahi-dicom.lock'), 'utf8')).toBe(content)
  })
})

describe('a target that cannot be used', () => {
  test.each(['file', 'file/below'])('says that %s is no folder', async (path) => {
    using directory = temporaryDirectory()
    writeFileSync(join(directory.path, 'file'), 'mine')
    const opening = opened(join(directory.path, path))
    await expect(opening).rejects.toMatchObject({ code: 'OUTPUT_NOT_A_DIRECTORY', fatal: true })
    expect(readFileSync(join(directory.path, 'file'), 'utf8')).toBe('mine')
  })

  test.skipIf(noMount !== undefined)('says that it is read-only', async () => {
    using directory = temporaryDirectory()
    using mounted = mountTmpfs(directory.path, '1m')
    mkdirSync(join(directory.path, 'there'))
    mounted.makeReadOnly()
    await expect(opened(join(directory.path, 'there'))).rejects.toMatchObject({ code: 'OUTPUT_NOT_WRITABLE' })
    await expect(opened(join(directory.path, 'not-there'))).rejects.toMatchObject({ code: 'OUTPUT_NOT_WRITABLE' })
  })

  test.skipIf(noMount !== undefined)('says that it is full, and what is done can be resumed', async () => {
    using directory = temporaryDirectory()
    using _mounted = mountTmpfs(directory.path, '1m')
    const sink = await opened(directory.path)
    const small = instanceDouble({ sopInstanceUid: '1.1' })
    await writeAndJournal(sink, small)
    const large = instanceDouble({ sopInstanceUid: '1.2', chunks: [new Uint8Array(1 << 20)] })
    await expect(sink.write(large)).rejects.toMatchObject({ code: 'OUTPUT_DISK_FULL', fatal: true })
    const filler = join(directory.path, 'filler')
    expect(() => writeFileSync(filler, new Uint8Array(1 << 20))).toThrow('ENOSPC')
    const [file] = await sink.write(instanceDouble({ sopInstanceUid: '1.3', chunks: [] }))
    if (file === undefined) throw new Error('no file')
    const long = { ...entryOf(small, file), path: 'x'.repeat(20_000) }
    await expect(sink.journal(long)).rejects.toMatchObject({ code: 'OUTPUT_DISK_FULL' })
    rmSync(filler)
    await sink.journal(entryOf(instanceDouble({ sopInstanceUid: '1.3' }), file))
    await sink.close({})
    await using again = await opened(directory.path, { mode: 'resume' })
    expect(['1.1', '1.2', '1.3'].map((sopInstanceUid) => again.completed({ ...small, sopInstanceUid }))).toEqual([
      true,
      false,
      true,
    ])
  })
})
