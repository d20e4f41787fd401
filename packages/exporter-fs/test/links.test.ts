import { execFileSync } from 'node:child_process'
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { verifyExport } from '@ahi-dicom/export-files'
import type { Destination, OutputFile } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { createFileWriter } from '@ahi-dicom/exporter-fs/lane'
import { instanceDouble } from '../../export-files/test/instance-double.ts'
import { openExport } from '../../export-files/test/open-export.ts'
import { temporaryDirectory } from './temporary-directory.ts'

afterEach(() => void vi.useRealTimers())

const layout = 'a/{StudyInstanceUID}/{SeriesInstanceUID}/{SOPInstanceUID}'
const folders = ['a', 'a/1.2.3', 'a/1.2.3/1.2.3.4']

interface Places extends Disposable {
  readonly out: string
  readonly outside: string
}

/** Returns a folder for an export, and another folder that no export may touch. */
function places(): Places {
  const directory = temporaryDirectory()
  const out = join(directory.path, 'out')
  const outside = join(directory.path, 'outside')
  mkdirSync(out)
  mkdirSync(outside)
  return { out, outside, [Symbol.dispose]: () => directory[Symbol.dispose]() }
}

function fileOf(path: string): OutputFile {
  return { path, format: 'dcm', mediaType: 'application/dicom', chunks: [Buffer.from('text')] }
}

async function findings(destination: Destination): Promise<readonly string[]> {
  const found: string[] = []
  for await (const event of verifyExport(destination)) {
    if (event.kind === 'problem') found.push(`${event.problem} ${event.path}`)
  }
  return found.sort()
}

describe('a folder of a destination that is a link', () => {
  test.each(folders)('%s: nothing is written through it', async (folder) => {
    using place = places()
    mkdirSync(join(place.out, folder, '..'), { recursive: true })
    symlinkSync(place.outside, join(place.out, folder), 'junction')
    await using running = await openExport(folderDestination({ directory: place.out }), { layout })
    await expect(running.export(instanceDouble())).rejects.toMatchObject({
      code: 'OUTPUT_LINK',
      path: join(place.out, folder),
      fatal: true,
    })
    expect(readdirSync(place.outside)).toEqual([])
  })

  test.each(folders)('%s: nothing is written through it by a lane', async (folder) => {
    using place = places()
    mkdirSync(join(place.out, folder, '..'), { recursive: true })
    symlinkSync(place.outside, join(place.out, folder), 'junction')
    const writer = createFileWriter({ directory: place.out })
    await expect(writer.write(fileOf('a/1.2.3/1.2.3.4/5.dcm'))).rejects.toMatchObject({ code: 'OUTPUT_LINK' })
    expect(readdirSync(place.outside)).toEqual([])
    await writer.close()
  })

  test('and has no target is refused, and no target is made', async () => {
    using place = places()
    symlinkSync(join(place.outside, 'new'), join(place.out, 'a'))
    const destination = folderDestination({ directory: place.out })
    await expect(destination.write(fileOf('a/b.dcm'))).rejects.toMatchObject({ code: 'OUTPUT_LINK' })
    expect(readdirSync(place.outside)).toEqual([])
    await destination.close()
  })

  test('to another folder of the destination is refused too', async () => {
    using place = places()
    mkdirSync(join(place.out, 'b'))
    symlinkSync('b', join(place.out, 'a'))
    const destination = folderDestination({ directory: place.out })
    await expect(destination.write(fileOf('a/b.dcm'))).rejects.toMatchObject({ code: 'OUTPUT_LINK' })
    await destination.close()
  })

  test('is noticed if it appears while the export runs', async () => {
    using place = places()
    vi.useFakeTimers({ toFake: ['performance'] })
    for (const writer of [createFileWriter({ directory: place.out }), folderDestination({ directory: place.out })]) {
      await writer.write(fileOf('a/1.dcm'))
      renameSync(join(place.out, 'a'), join(place.out, `before-${readdirSync(place.out).length}`))
      symlinkSync(place.outside, join(place.out, 'a'))
      vi.advanceTimersByTime(1100)
      await expect(writer.write(fileOf('a/2.dcm'))).rejects.toMatchObject({ code: 'OUTPUT_LINK' })
      expect(readdirSync(place.outside)).toEqual([])
      renameSync(join(place.out, 'a'), join(place.out, `link-${readdirSync(place.out).length}`))
      await writer.close()
    }
  })

  test('is not read, listed or flushed, and nothing is removed through it', async () => {
    using place = places()
    writeFileSync(join(place.outside, 'b.dcm'), 'mine')
    writeFileSync(join(place.outside, '.b.dcm.0123456789ab.part'), 'mine')
    symlinkSync(place.outside, join(place.out, 'a'))
    const destination = folderDestination({ directory: place.out })
    const listed: unknown[] = []
    for await (const { path, isLink } of destination.list?.() ?? []) listed.push({ path, isLink })
    expect(listed).toEqual([{ path: 'a', isLink: true }])
    await destination.removeUnfinished?.()
    const refused = { code: 'OUTPUT_LINK' }
    await expect(destination.read?.('a/b.dcm')).rejects.toMatchObject(refused)
    await expect(destination.remove('a/b.dcm')).rejects.toMatchObject(refused)
    await expect(destination.flush?.(['a/b.dcm'])).rejects.toMatchObject(refused)
    expect(readdirSync(place.outside)).toEqual(['.b.dcm.0123456789ab.part', 'b.dcm'])
    await destination.close()
  })

  test('makes its files count as missing when the export is resumed, and verification reports it', async () => {
    using place = places()
    const destination = folderDestination({ directory: place.out })
    const running = await openExport(destination, { layout })
    await running.export(instanceDouble())
    await running.flush()
    await running.record.close({ outcome: 'complete' })
    const study = join(place.out, 'a/1.2.3')
    renameSync(study, join(place.outside, 'moved'))
    symlinkSync(join(place.outside, 'moved'), study)
    expect(await findings(destination)).toEqual(['link a/1.2.3', 'link a/1.2.3/1.2.3.4/1.2.3.4.5.dcm'])
    await using again = await openExport(folderDestination({ directory: place.out }), { layout, mode: 'resume' })
    expect(again.completed(instanceDouble())).toBe(false)
    await expect(again.export(instanceDouble())).rejects.toMatchObject({ code: 'OUTPUT_LINK' })
  })
})

describe('a file of a destination that is a link', () => {
  test.each(['manifest.ndjson', 'warnings.ndjson', '.ahi-dicom.lock', 'flushed.json'])(
    '%s of the record is refused, and its target is not changed',
    async (name) => {
      using place = places()
      for (const target of ['mine', 'nothing']) {
        const directory = join(place.out, target)
        mkdirSync(directory)
        writeFileSync(join(place.outside, 'mine'), 'mine')
        if (name === 'flushed.json') writeFileSync(join(directory, 'manifest.ndjson'), '')
        symlinkSync(join(place.outside, target), join(directory, name))
        const exporting = async (): Promise<void> => {
          await using running = await openExport(folderDestination({ directory }), { mode: 'resume' })
          await running.record.warn(warning)
        }
        await expect(exporting()).rejects.toMatchObject({ code: 'OUTPUT_LINK', path: join(directory, name) })
        expect(readdirSync(place.outside)).toEqual(['mine'])
        expect(readFileSync(join(place.outside, 'mine'), 'utf8')).toBe('mine')
      }
    },
  )

  test.each(['errors.ndjson', 'summary.json', '1.2.3.4.5.dcm'])('%s is replaced', async (name) => {
    using place = places()
    writeFileSync(join(place.outside, 'mine'), 'mine')
    symlinkSync(join(place.outside, 'mine'), join(place.out, name))
    await using running = await openExport(folderDestination({ directory: place.out }))
    const instance = instanceDouble()
    await running.export(instance)
    await running.record.fail({ datastoreId: instance.datastoreId, code: 'X', message: 'no', retryable: false })
    await running.record.close({ outcome: 'complete' })
    expect(lstatSync(join(place.out, name)).isFile()).toBe(true)
    expect(readFileSync(join(place.outside, 'mine'), 'utf8')).toBe('mine')
  })

  test('is reported by a verification, and not read', async () => {
    using place = places()
    const destination = folderDestination({ directory: place.out })
    const running = await openExport(destination)
    await running.export(instanceDouble())
    await running.flush()
    await running.record.close({ outcome: 'complete' })
    renameSync(join(place.out, '1.2.3.4.5.dcm'), join(place.outside, 'moved'))
    symlinkSync(join(place.outside, 'moved'), join(place.out, '1.2.3.4.5.dcm'))
    symlinkSync(join(place.outside, 'nothing'), join(place.out, 'other'))
    expect(await findings(destination)).toEqual(['link 1.2.3.4.5.dcm', 'link other'])
    await using again = await openExport(destination, { mode: 'resume' })
    expect(again.completed(instanceDouble())).toBe(false)
  })
})

test('the destination may be a link, and be below one', async () => {
  using place = places()
  symlinkSync(place.outside, join(place.out, 'link'))
  for (const directory of [join(place.out, 'link'), join(place.out, 'link/below')]) {
    await using running = await openExport(folderDestination({ directory }), { layout })
    await running.export(instanceDouble())
    await running.record.close({ outcome: 'complete' })
    expect(await findings(folderDestination({ directory }))).toEqual([])
  }
  expect(readdirSync(join(place.outside, 'below'))).toContain('manifest.ndjson')
})

test('hard links are treated like any file', async () => {
  using place = places()
  const destination = folderDestination({ directory: place.out })
  const running = await openExport(destination)
  await running.export(instanceDouble())
  await running.flush()
  await running.record.close({ outcome: 'complete' })
  for (const name of readdirSync(place.out)) linkSync(join(place.out, name), join(place.outside, name))
  expect(await findings(destination)).toEqual([])
  await using again = await openExport(destination, { mode: 'resume' })
  expect(again.completed(instanceDouble())).toBe(true)
})

describe.skipIf(process.platform === 'win32')('a pipe', () => {
  test.each(['manifest.ndjson', 'warnings.ndjson', '.ahi-dicom.lock'])(
    'in the place of %s is refused',
    async (name) => {
      using place = places()
      execFileSync('mkfifo', [join(place.out, name)])
      const exporting = async (): Promise<void> => {
        await using running = await openExport(folderDestination({ directory: place.out }), { mode: 'resume' })
        await running.record.warn(warning)
      }
      await expect(exporting()).rejects.toMatchObject({ code: 'OUTPUT_NOT_A_FILE' })
    },
  )

  test('in the place of a file is replaced, and blocks neither a verification nor a flush', async () => {
    using place = places()
    const path = join(place.out, '1.2.3.4.5.dcm')
    const destination = folderDestination({ directory: place.out })
    const running = await openExport(destination)
    execFileSync('mkfifo', [path])
    await running.export(instanceDouble())
    await running.flush()
    await running.record.close({ outcome: 'complete' })
    expect(await findings(destination)).toEqual([])
    renameSync(path, join(place.outside, 'moved'))
    execFileSync('mkfifo', [path])
    expect(await findings(destination)).toEqual(['unreadable 1.2.3.4.5.dcm'])
    await expect(destination.flush?.(['1.2.3.4.5.dcm'])).rejects.toMatchObject({ code: 'OUTPUT_FAILED' })
    await expect(destination.flush?.(['1.2.3.4.5.dcm/x'])).rejects.toMatchObject({ code: 'OUTPUT_NOT_A_DIRECTORY' })
  })
})

test('a folder in place of a file fails that file only, and a folder in place of the record ends the export', async () => {
  using place = places()
  mkdirSync(join(place.out, '1.2.3.4.5.dcm'))
  await using running = await openExport(folderDestination({ directory: place.out }))
  const failing: unknown = await running.export(instanceDouble()).catch((error: unknown) => error)
  expect(failing).toMatchObject({ code: 'OUTPUT_NOT_A_FILE', fatal: false })
  mkdirSync(join(place.outside, 'manifest.ndjson'))
  const opening = openExport(folderDestination({ directory: place.outside }))
  await expect(opening).rejects.toMatchObject({ code: 'OUTPUT_NOT_A_FILE' })
})

test('a path that leaves the destination is refused', async () => {
  using place = places()
  writeFileSync(join(place.outside, 'mine'), 'mine')
  const destination = folderDestination({ directory: place.out })
  for (const path of ['../outside/mine', 'a/../../outside/mine', '/outside/mine']) {
    await expect(destination.write(fileOf(path))).rejects.toMatchObject({ code: 'OUTPUT_FAILED' })
    await expect(destination.remove(path)).rejects.toMatchObject({ code: 'OUTPUT_FAILED' })
    await expect(destination.read?.(path)).rejects.toMatchObject({ code: 'OUTPUT_FAILED' })
  }
  expect(readFileSync(join(place.outside, 'mine'), 'utf8')).toBe('mine')
  await destination.close()
})

const warning = {
  datastoreId: 'd',
  imageSetId: 'i',
  versionId: '1',
  studyInstanceUid: '1',
  seriesInstanceUid: '2',
  sopInstanceUid: '3',
  code: 'WHOLE_INSTANCE_USED',
  message: 'a warning',
  instances: 1,
} as const
