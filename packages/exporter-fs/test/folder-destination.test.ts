import { mkdirSync, promises, readFileSync, rmSync, writeFileSync, readdirSync, rmdirSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { createFormats, openRecord } from '@ahi-dicom/export-files'
import type { ExportRecord, OutputFile } from '@ahi-dicom/export-files'
import { folderDestination, folderRecord } from '@ahi-dicom/exporter-fs'
import { entryOf, instanceDouble } from '../../export-files/test/instance-double.ts'
import { memoryDestination } from '../../export-files/test/memory-destination.ts'
import { openExport } from '../../export-files/test/open-export.ts'
import type { OpenExport, OpenExportOptions } from '../../export-files/test/open-export.ts'
import { fastForward } from './fast-forward.ts'
import { filesBelow, mountTmpfs, temporaryDirectory, whyNoMount } from './temporary-directory.ts'

const noMount = whyNoMount()

function opened(directory: string, options: OpenExportOptions = {}): Promise<OpenExport> {
  return openExport(folderDestination({ directory }), options)
}

function linesOf(path: string): readonly unknown[] {
  return readFileSync(path, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line))
}

function fileOf(path: string, text: string): OutputFile {
  return { path, format: 'dcm', mediaType: 'application/dicom', chunks: [Buffer.from(text)] }
}

describe('folderDestination', () => {
  test('contains files, a manifest, errors and a summary', async () => {
    using directory = temporaryDirectory()
    const target = join(directory.path, 'new/out')
    await using running = await opened(target)
    const instance = instanceDouble()
    const [file] = await running.export(instance)
    const failure = { datastoreId: instance.datastoreId, code: 'FRAME_MISSING', message: 'no', retryable: false }
    await running.record.fail(failure)
    await running.record.finish({ isComplete: true })
    await running.record.close({ outcome: 'complete' })
    expect(file).toMatchObject({ path: '1.2.3.4.5.dcm', format: 'dcm', byteLength: 6 })
    expect(filesBelow(target)).toEqual([
      '1.2.3.4.5.dcm',
      'errors.ndjson',
      'flushed.json',
      'manifest.ndjson',
      'summary.json',
    ])
    expect(linesOf(join(target, 'manifest.ndjson'))).toMatchObject([
      { path: '1.2.3.4.5.dcm', bytes: 6, sha256: file?.sha256 },
    ])
    expect(linesOf(join(target, 'errors.ndjson'))).toEqual([failure])
    expect(JSON.parse(readFileSync(join(target, 'summary.json'), 'utf8'))).toMatchObject({
      outcome: 'complete',
      record: { files: 1 },
    })
  })

  test('lists its files with their sizes and reads them', async () => {
    using directory = temporaryDirectory()
    const destination = folderDestination({ directory: directory.path })
    await destination.write(fileOf('a/b/c.dcm', 'three'))
    await destination.write(fileOf('d.dcm', 'four.'))
    const listed: unknown[] = []
    for await (const file of destination.list?.() ?? []) listed.push(file)
    expect(listed).toEqual([
      { path: 'a/b/c.dcm', byteLength: 5 },
      { path: 'd.dcm', byteLength: 5 },
    ])
    const chunks: Uint8Array[] = []
    for await (const chunk of (await destination.read?.('a/b/c.dcm')) ?? []) chunks.push(chunk)
    expect(Buffer.concat(chunks).toString()).toBe('three')
    expect(await destination.read?.('a/b/missing.dcm')).toBeUndefined()
    expect(await destination.read?.('d.dcm/missing.dcm')).toBeUndefined()
    await destination.close()
  })

  test('removes files, and ignores missing ones', async () => {
    using directory = temporaryDirectory()
    const destination = folderDestination({ directory: directory.path })
    await destination.write(fileOf('a.dcm', 'one'))
    await destination.remove('a.dcm')
    await destination.remove('a.dcm')
    expect(filesBelow(directory.path)).toEqual([])
    await destination.close()
  })

  test('removes a folder with its last file, but no other folder and not itself', async () => {
    using directory = temporaryDirectory()
    const target = join(directory.path, 'out')
    const destination = folderDestination({ directory: target })
    await destination.open()
    for (const path of ['a/b/c.dcm', 'a/b/d.dcm', 'a/e/f/g.dcm']) await destination.write(fileOf(path, 'one'))
    mkdirSync(join(target, 'a/mine'))
    await destination.remove('a/b/c.dcm')
    await destination.remove('a/e/f/g.dcm')
    expect(readdirSync(join(target, 'a'))).toEqual(['b', 'mine'])
    rmdirSync(join(target, 'a/mine'))
    await destination.remove('a/b/d.dcm')
    expect(readdirSync(target)).toEqual([])
    await destination.close()
  })

  test('can write into folders that it removes at the same time', async () => {
    using directory = temporaryDirectory()
    const destination = folderDestination({ directory: directory.path })
    for (let round = 0; round < 100; round++) {
      await destination.write(fileOf('a/b/old.dcm', 'old'))
      await Promise.all([destination.remove('a/b/old.dcm'), destination.write(fileOf('a/b/new.dcm', 'new'))])
      await destination.remove('a/b/new.dcm')
    }
    expect(readdirSync(directory.path)).toEqual([])
    await destination.close()
  })

  test('removes the unfinished files of an earlier run', async () => {
    using directory = temporaryDirectory()
    await (await opened(directory.path)).record.close()
    mkdirSync(join(directory.path, 'a'))
    writeFileSync(join(directory.path, 'a/.b.dcm.0123456789ab.part'), 'half')
    writeFileSync(join(directory.path, 'a/.mine.part'), 'mine')
    await (await opened(directory.path, { mode: 'resume' })).record.close()
    expect(filesBelow(directory.path)).toEqual(['a/.mine.part', 'flushed.json', 'manifest.ndjson', 'summary.json'])
  })

  test('leaves no file of a failed instance', async () => {
    using directory = temporaryDirectory()
    await using running = await opened(directory.path, { formats: createFormats(['dcm', 'png']) })
    const attributes = { Rows: 2, Columns: 2, BitsStored: 8, PhotometricInterpretation: 'MONOCHROME2' }
    const frames = [new Uint8Array(4), new Uint8Array(4), new Uint8Array(1)]
    const failing = running.write(instanceDouble({ frames, attributes }))
    await expect(failing).rejects.toMatchObject({ code: 'RENDER_PIXEL_COUNT_MISMATCH' })
    expect(filesBelow(directory.path)).toEqual(['.ahi-dicom.lock', 'flushed.json', 'manifest.ndjson', 'summary.json'])
  })

  test('is not changed if it is refused because it contains an export', async () => {
    using directory = temporaryDirectory()
    const running = await opened(directory.path)
    await running.export(instanceDouble())
    await running.record.close({})
    const before = filesBelow(directory.path)
    await expect(opened(directory.path)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS', path: directory.path })
    expect(filesBelow(directory.path)).toEqual(before)
  })

  test('can hold the record of another destination', async () => {
    using directory = temporaryDirectory()
    const record = join(directory.path, 'new/record')
    const destination = memoryDestination(folderRecord({ directory: record }))
    const running = await openExport(destination)
    await running.export(instanceDouble())
    await running.record.close({})
    expect(filesBelow(record)).toEqual(['flushed.json', 'manifest.ndjson', 'summary.json'])
    await using again = await openExport(destination, { mode: 'resume' })
    expect(again.completed(instanceDouble())).toBe(true)
  })
})

describe('the lock of a folder', () => {
  test('refuses a second export until the first one is closed', async () => {
    using directory = temporaryDirectory()
    const running = await opened(directory.path)
    await expect(opened(directory.path, { mode: 'resume' })).rejects.toMatchObject({
      code: 'OUTPUT_LOCKED',
      fatal: true,
    })
    await running.record.close()
    await (await opened(directory.path, { mode: 'resume' })).record.close()
  })

  test('admits one of many exports that start at once', async () => {
    using directory = temporaryDirectory()
    const destination = folderDestination({ directory: directory.path })
    await destination.open()
    const options = { mode: 'resume', formats: [] } as const
    const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => openRecord(destination, options)))
    const records = attempts.flatMap((attempt): ExportRecord[] =>
      attempt.status === 'fulfilled' ? [attempt.value] : [],
    )
    await Promise.all(records.map((record) => record.close()))
    expect(records).toHaveLength(1)
  })

  test.each([
    ['a process that has ended', { pid: 4_194_303, hostname: hostname() }],
    [
      'an earlier process with the same process id',
      { pid: process.ppid, hostname: hostname(), startedAt: 'another boot:1' },
    ],
    ['this process that this process does not hold', { pid: process.pid, hostname: hostname(), token: 'lost' }],
  ])('of %s is taken over', async (_, holder) => {
    using directory = temporaryDirectory()
    writeFileSync(join(directory.path, '.ahi-dicom.lock'), JSON.stringify(holder))
    const opening = opened(directory.path)
    await fastForward(opening)
    await using running = await opening
    expect((await running.write(instanceDouble())).length).toBe(1)
  })
})

describe('a folder that cannot be used', () => {
  test.each(['file', 'file/below'])('the error says that %s is not a folder', async (path) => {
    using directory = temporaryDirectory()
    writeFileSync(join(directory.path, 'file'), 'mine')
    const opening = opened(join(directory.path, path))
    await expect(opening).rejects.toMatchObject({ code: 'OUTPUT_NOT_A_DIRECTORY', fatal: true })
    expect(readFileSync(join(directory.path, 'file'), 'utf8')).toBe('mine')
  })

  test('gives up if the file system makes no folder in an existing one, like /proc and automounters', async () => {
    using directory = temporaryDirectory()
    using _mkdir = vi
      .spyOn(promises, 'mkdir')
      .mockRejectedValue(Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT' }))
    const opening = opened(join(directory.path, 'new'))
    await expect(opening).rejects.toMatchObject({ name: 'OutputError', code: 'OUTPUT_FAILED' })
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
    await using running = await opened(directory.path)
    const small = instanceDouble({ sopInstanceUid: '1.1' })
    await running.export(small)
    const large = instanceDouble({ sopInstanceUid: '1.2', chunks: [new Uint8Array(1 << 20)] })
    const full: unknown = await running.write(large).catch((error: unknown) => error)
    expect(full).toMatchObject({ code: 'OUTPUT_DISK_FULL', fatal: true })
    expect(String(full)).toContain("mode 'resume'")
    const filler = join(directory.path, 'filler')
    expect(() => writeFileSync(filler, new Uint8Array(1 << 20))).toThrow('ENOSPC')
    const last = instanceDouble({ sopInstanceUid: '1.3', chunks: [] })
    const [file] = await running.write(last)
    if (file === undefined) throw new Error('no file')
    const long = { ...entryOf(small, file), path: 'x'.repeat(20_000) }
    await expect(running.record.add([long])).rejects.toMatchObject({ code: 'OUTPUT_DISK_FULL' })
    rmSync(filler)
    await running.record.add([entryOf(last, file)])
    await running.record.close({})
    await using again = await opened(directory.path, { mode: 'resume' })
    expect([small, large, last].map((instance) => again.completed(instance))).toEqual([true, false, true])
  })
})

describe('check', () => {
  test('leaves nothing behind, even if the folder does not exist yet', async () => {
    using folder = temporaryDirectory()
    const directory = join(folder.path, 'a', 'b')
    expect(await folderDestination({ directory }).check?.()).toEqual([])
    expect(readdirSync(folder.path)).toEqual([])
  })

  test('reports a file in place of a folder', async () => {
    using folder = temporaryDirectory()
    const file = join(folder.path, 'file')
    writeFileSync(file, '')
    for (const directory of [file, join(file, 'below')]) {
      const failure = folderDestination({ directory }).check?.()
      await expect(failure).rejects.toMatchObject({ code: 'OUTPUT_NOT_A_DIRECTORY' })
    }
  })
})
