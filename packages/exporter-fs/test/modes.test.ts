import { chmodSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import { folderDestination, folderRecord, writeAtomically } from '@ahi-dicom/exporter-fs'
import { createFileWriter } from '@ahi-dicom/exporter-fs/lane'
import { instanceDouble } from '../../export-files/test/instance-double.ts'
import { openExport } from '../../export-files/test/open-export.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const usualUmask = process.umask()

afterEach(() => {
  process.umask(usualUmask)
})

/** Returns the permissions, in octal, of all files below a folder, and of the folder and all folders below it. */
function modesBelow(folder: string): { files: Set<string>; folders: Set<string>; names: string[] } {
  const names = ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]
  const isFolder = (name: string): boolean => lstatSync(join(folder, name)).isDirectory()
  const modes = (wanted: boolean): Set<string> =>
    new Set(names.filter((name) => isFolder(name) === wanted).map((name) => modeOf(join(folder, name))))
  return { files: modes(false), folders: modes(true), names }
}

function modeOf(path: string): string {
  return (lstatSync(path).mode & 0o777).toString(8).padStart(4, '0')
}

/**
 * Exports an instance, records a failure and writes one more file with a lane. Returns the permissions found before the export
 * is closed.
 */
async function exportInto(directory: string, mode?: number): Promise<ReturnType<typeof modesBelow>> {
  await using running = await openExport(folderDestination({ directory, mode }), { mode: 'resume' })
  const { datastoreId } = instanceDouble()
  await running.export(instanceDouble())
  await running.record.fail({ datastoreId, code: 'FRAME_MISSING', message: 'no', retryable: false })
  const writer = createFileWriter({ directory, mode })
  await writer.write({ path: 'lane/a.dcm', format: 'dcm', mediaType: '', chunks: content('a') })
  await writer.close()
  const stuck = Promise.withResolvers<void>()
  const unfinished = writer.write({
    path: 'lane/b.dcm',
    format: 'dcm',
    mediaType: '',
    chunks: stuckContent(stuck.promise),
  })
  await new Promise((resolve) => setTimeout(resolve, 50))
  const during = modesBelow(directory)
  stuck.resolve()
  await unfinished
  await writer.close()
  await running.record.finish({ isComplete: false })
  await running.record.close({ outcome: 'failed' })
  return during
}

function content(text: string): Uint8Array[] {
  return [Buffer.from(text)]
}

/** Yields more bytes than a writer buffers, then waits for `until`. */
async function* stuckContent(until: Promise<void>): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(1 << 20)
  await until
}

describe.skipIf(platform() === 'win32')('new files and folders', () => {
  test.each<[string, number | undefined, number, string, string]>([
    ['can be read by the user only, by default', undefined, 0o022, '0600', '0700'],
    ['can be read by the user only, even with an open umask', undefined, 0, '0600', '0700'],
    ['have the mode of the option', 0o640, 0o022, '0640', '0750'],
    ['have the mode of the option, whatever the umask is', 0o664, 0o077, '0664', '0775'],
    ['are in folders that can be opened only by those who can read the files', 0o622, 0o022, '0622', '0722'],
  ])('%s', async (_, mode, umask, file, folder) => {
    using place = temporaryDirectory()
    const target = join(place.path, 'new')
    process.umask(umask)
    const during = await exportInto(target, mode)
    expect(during.names).toContain('.ahi-dicom.lock')
    expect(during.names).toContainEqual(expect.stringMatching(/^lane\/\.b\.dcm\..*\.part$/))
    expect(during).toMatchObject({ files: new Set([file]), folders: new Set([folder]) })
    const after = modesBelow(target)
    expect(after.names).toEqual(
      expect.arrayContaining(['errors.ndjson', 'flushed.json', 'manifest.ndjson', 'summary.json']),
    )
    expect(after).toMatchObject({ files: new Set([file]), folders: new Set([folder]) })
  })

  test('have fewer permissions with a strict umask', async () => {
    using place = temporaryDirectory()
    process.umask(0o277)
    await writeAtomically(join(place.path, 'a.dcm'), content('a'))
    expect(modeOf(join(place.path, 'a.dcm'))).toBe('0400')
  })

  test('of a record outside of the destination have the mode too', async () => {
    using place = temporaryDirectory()
    const directory = join(place.path, 'record')
    const record = folderRecord({ directory, mode: 0o640 })
    const lock = await record.lock()
    await record.write('summary.json', Buffer.from('{}'))
    expect(modesBelow(directory)).toMatchObject({ files: new Set(['0640']), folders: new Set(['0750']) })
    await lock.release()
  })
})

describe.skipIf(platform() === 'win32')('what is there already', () => {
  test('keeps the mode of folders, and gives replaced files the new mode', async () => {
    using place = temporaryDirectory()
    const target = join(place.path, 'out')
    mkdirSync(target)
    chmodSync(target, 0o755)
    writeFileSync(join(target, '1.2.3.4.5.dcm'), 'old')
    chmodSync(join(target, '1.2.3.4.5.dcm'), 0o644)
    await exportInto(target)
    expect(modeOf(target)).toBe('0755')
    expect(modeOf(join(target, '1.2.3.4.5.dcm'))).toBe('0600')
    await exportInto(target, 0o640)
    expect(modeOf(target)).toBe('0755')
    expect(modeOf(join(target, 'manifest.ndjson'))).toBe('0640')
  })
})

test.each([0o400, 0o200, 0o1600, -1, 0.5, Number.NaN])('the mode %d is refused', (mode) => {
  for (const make of [folderDestination, folderRecord, createFileWriter]) {
    expect(() => make({ directory: 'x', mode })).toThrow('`mode` option')
  }
})
