import { describe, expect, test } from 'vitest'
import { createFormats, memoryRecord, openRecord, pngFormat, recordNames } from '@ahi-dicom/export-files'
import type { Format, RecordStore } from '@ahi-dicom/export-files'
import { entryOf, instanceDouble, keyOf } from './instance-double.ts'
import { memoryDestination, textOf, without } from './memory-destination.ts'
import type { MemoryDestination } from './memory-destination.ts'
import { openExport } from './open-export.ts'

const greyFrame = { Rows: 2, Columns: 2, BitsStored: 8, PhotometricInterpretation: 'MONOCHROME2' }
const first = instanceDouble({ sopInstanceUid: '1.1' })
const second = instanceDouble({ sopInstanceUid: '1.2' })
const failure = { datastoreId: first.datastoreId, code: 'FRAME_MISSING', message: 'no', retryable: false }
const warning = {
  ...keyOf(first),
  code: 'CHARACTER_SET_CHANGED',
  tag: '00080005',
  message: 'now UTF-8',
  instances: 2,
} as const

async function exportBoth(): Promise<MemoryDestination> {
  const destination = memoryDestination()
  await using running = await openExport(destination)
  await running.export(first)
  await running.export(second)
  return destination
}

/** Appends text to a file of a record from outside. */
async function damage(record: RecordStore, name: string, text: string): Promise<void> {
  const log = await record.append(name, Buffer.byteLength(await textOf(record, name)))
  await log.append(text)
  await log.close()
}

describe('a record', () => {
  test('closes all its files even if the manifest cannot be flushed', async () => {
    const store = memoryRecord()
    const closed: string[] = []
    const record: RecordStore = {
      ...store,
      async append(name, keepBytes) {
        const log = await store.append(name, keepBytes)
        const closing = { ...log, close: async () => void closed.push(name) }
        return name === recordNames.manifest
          ? { ...closing, flush: () => Promise.reject(new Error('no space')) }
          : closing
      },
    }
    const running = await openExport(memoryDestination(record))
    await running.record.fail(failure)
    await running.record.warn(warning)
    await expect(running.record.close()).rejects.toThrow('no space')
    expect(closed.toSorted()).toEqual([recordNames.errors, recordNames.manifest, recordNames.warnings])
  })

  test('holds a manifest, errors and a summary', async () => {
    const destination = memoryDestination()
    const running = await openExport(destination)
    const [file] = await running.export(first)
    expect(await destination.record.read(recordNames.errors)).toBeUndefined()
    await running.record.fail(failure)
    await running.record.finish({ isComplete: true })
    await running.record.close({ outcome: 'complete' })
    expect(await destination.linesOf(recordNames.manifest)).toMatchObject([
      { path: '1.1.dcm', bytes: 6, sha256: file?.sha256 },
    ])
    expect(await destination.linesOf(recordNames.errors)).toEqual([failure])
    const summary: unknown = JSON.parse(await textOf(destination.record, recordNames.summary))
    expect(summary).toMatchObject({ outcome: 'complete', record: { files: 1, bytes: 6 } })
  })

  test('puts waiting lines into one write', async () => {
    const record = memoryRecord()
    const appended: string[] = []
    const counting = {
      ...record,
      async append(name: string, keepBytes: number) {
        const log = await record.append(name, keepBytes)
        return { ...log, append: async (text: string) => (appended.push(text), log.append(text)) }
      },
    }
    const destination = memoryDestination(counting)
    await using running = await openExport(destination)
    const [file] = await running.write(first)
    if (file === undefined) throw new TypeError('no file')
    const entry = entryOf(first, file)
    await Promise.all([1, 2, 3].map(() => running.record.add([entry, entry])))
    expect(appended.map((text) => text.split('\n').length - 1)).toEqual([6])
    expect(running.record.position()).toBe(
      6 * Buffer.byteLength(`${JSON.stringify({ ...entry, crc32: '12345678' })}\n`),
    )
  })

  test('collects lines until the turn of the log', async () => {
    const record = memoryRecord()
    const appended: string[] = []
    const turn = Promise.withResolvers<void>()
    const paced = {
      ...record,
      async append(name: string, keepBytes: number) {
        const log = await record.append(name, keepBytes)
        const append = async (text: string): Promise<void> => (appended.push(text), log.append(text))
        return { ...log, append, turn: () => turn.promise }
      },
    }
    await using running = await openExport(memoryDestination(paced))
    const [file] = await running.write(first)
    if (file === undefined) throw new TypeError('no file')
    const adding = [running.record.add([entryOf(first, file)])]
    await Promise.resolve()
    adding.push(running.record.add([entryOf(first, file)]))
    turn.resolve()
    await Promise.all(adding)
    expect(appended.map((text) => text.split('\n').length - 1)).toEqual([2])
  })

  test('refuses entries after it is closed', async () => {
    const running = await openExport(memoryDestination())
    await running.record.close({})
    await expect(running.record.add([])).rejects.toMatchObject({ code: 'OUTPUT_NOT_OPEN' })
    await expect(running.record.fail(failure)).rejects.toMatchObject({ code: 'OUTPUT_NOT_OPEN' })
    await expect(running.record.warn(warning)).rejects.toMatchObject({ code: 'OUTPUT_NOT_OPEN' })
    await expect(running.record.flushed(0)).rejects.toMatchObject({ code: 'OUTPUT_NOT_OPEN' })
  })

  test('is locked by one run at a time, and released if it cannot be opened', async () => {
    const destination = await exportBoth()
    const running = await openExport(destination, { mode: 'resume' })
    await expect(openExport(destination, { mode: 'resume' })).rejects.toMatchObject({ code: 'OUTPUT_LOCKED' })
    await running.record.close()
    await expect(openExport(destination)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' })
    await (await openExport(destination, { mode: 'resume' })).record.close()
  })
})

describe('the paths of a record', () => {
  test('differ for instances that get the same path from the layout', async () => {
    await using running = await openExport(memoryDestination(), { layout: '{PatientID}/{SOPInstanceUID}' })
    const other = { imageSetId: 'f'.repeat(32) }
    const paths: (string | undefined)[] = []
    for (const instance of [
      instanceDouble({ attributes: { PatientID: 'ab' } }),
      instanceDouble({ ...other, attributes: { PatientID: 'ab' } }),
      instanceDouble({ imageSetId: 'e'.repeat(32), attributes: { PatientID: 'AB' } }),
      instanceDouble({ attributes: { PatientID: 'ab' } }),
    ]) {
      paths.push((await running.write(instance))[0]?.path)
    }
    expect(paths[0]).toBe('ab/1.2.3.4.5.dcm')
    expect(paths[1]).toMatch(/^ab\/1\.2\.3\.4\.5-[0-9a-f]{8}\.dcm$/)
    expect(paths[2]).toMatch(/^AB\/1\.2\.3\.4\.5-[0-9a-f]{8}\.dcm$/)
    expect(paths[3]).toBe(paths[0])
  })

  test('are the same in a later run with other formats', async () => {
    const destination = memoryDestination()
    const frames = [new Uint8Array(4), new Uint8Array(4)]
    const instances = ['e', 'f'].map((digit) =>
      instanceDouble({ imageSetId: digit.repeat(32), frames, attributes: greyFrame }),
    )
    const pathsOf = async (mode: 'new' | 'resume', names: readonly ('dcm' | 'png')[]): Promise<readonly string[]> => {
      await using running = await openExport(destination, { mode, formats: createFormats(names) })
      const written = []
      for (const instance of mode === 'new' ? instances : instances.toReversed()) {
        written.push(...(await running.export(instance)))
      }
      return written.map(({ path }) => path)
    }
    const pictures = await pathsOf('new', ['png'])
    expect(pictures[2]).toMatch(/^1\.2\.3\.4\.5-[0-9a-f]{8}-0001\.png$/)
    const files = await pathsOf('resume', ['dcm'])
    expect(files).toEqual([pictures[2]?.replace('-0001.png', '.dcm'), '1.2.3.4.5.dcm'])
  })

  test('are never paths of the record', async () => {
    const json: Format = {
      name: 'JSON',
      mediaType: 'application/json',
      readsPixels: false,
      *files() {
        yield { chunks: [] }
      },
    }
    await using running = await openExport(memoryDestination(), { formats: [json] })
    const [file] = await running.write(instanceDouble({ sopInstanceUid: 'Summary' }))
    expect(file?.path).toMatch(/^Summary-[0-9a-f]{8}\.JSON$/)
  })
})

describe('a destination that holds an export', () => {
  test('is refused in mode new, and stays unchanged', async () => {
    const destination = await exportBoth()
    const before = await textOf(destination.record, recordNames.manifest)
    const refusal = await openExport(destination).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'OUTPUT_EXISTS' })
    expect(String(refusal)).toMatch(/mode 'resume'.*mode 'overwrite'/s)
    expect(String(refusal)).not.toContain('--')
    expect([...destination.files.keys()]).toEqual(['1.1.dcm', '1.2.dcm'])
    expect(await textOf(destination.record, recordNames.manifest)).toBe(before)
  })

  test('is resumed in mode resume: recorded files that exist count as written', async () => {
    const destination = await exportBoth()
    await using running = await openExport(destination, { mode: 'resume' })
    expect([first, second].map((instance) => running.completed(instance))).toEqual([true, true])
    expect(running.completed(instanceDouble({ sopInstanceUid: '1.3' }))).toBe(false)
    expect(running.completed(first, '2')).toBe(false)
    expect([...destination.files.keys()]).toEqual(['1.1.dcm', '1.2.dcm'])
  })

  test('does not count files that are missing, cut, or in a cut line; the manifest is continued without that line', async () => {
    const destination = await exportBoth()
    destination.files.delete('1.1.dcm')
    destination.files.set('1.2.dcm', Buffer.from('cut'))
    await damage(destination.record, recordNames.manifest, '{"datastoreId":"1234')
    const running = await openExport(destination, { mode: 'resume' })
    expect([first, second].map((instance) => running.completed(instance))).toEqual([false, false])
    await running.export(first)
    expect(running.completed(first)).toBe(true)
    await running.record.close()
    expect(await destination.linesOf(recordNames.manifest)).toMatchObject([
      { path: '1.1.dcm' },
      { path: '1.2.dcm' },
      { path: '1.1.dcm' },
    ])
  })

  test('cuts off damage of a power cut after the last line', async () => {
    const destination = await exportBoth()
    await damage(destination.record, recordNames.manifest, '\0\0\0\n\0\0')
    await using running = await openExport(destination, { mode: 'resume' })
    expect([first, second].map((instance) => running.completed(instance))).toEqual([true, true])
    expect(await destination.linesOf(recordNames.manifest)).toHaveLength(2)
  })

  test('counts an instance only with all its PNGs', async () => {
    const destination = memoryDestination()
    const instance = instanceDouble({ frames: [new Uint8Array(4), new Uint8Array(4)], attributes: greyFrame })
    const formats = createFormats(['dcm', 'png'])
    const running = await openExport(destination, { formats })
    await running.export(instance)
    await running.record.close()
    destination.files.delete('1.2.3.4.5-0002.png')
    await using again = await openExport(destination, { mode: 'resume', formats })
    expect(again.completed(instance)).toBe(false)
  })

  test('needs the PNGs of the frames that are selected now', async () => {
    const destination = memoryDestination()
    const frames = Array.from({ length: 3 }, () => new Uint8Array(4))
    const instance = instanceDouble({ frames, attributes: greyFrame })
    const completed = async (mode: 'new' | 'resume', wanted?: readonly number[]): Promise<boolean> => {
      await using running = await openExport(destination, { mode, formats: [pngFormat({ frames: wanted })] })
      const isComplete = running.completed(instance)
      if (!isComplete) await running.export(instance)
      return isComplete
    }
    expect(await completed('new', [1])).toBe(false)
    expect(await completed('resume', [1])).toBe(true)
    expect(await completed('resume', [2])).toBe(false)
    expect(await completed('resume', [1, 2])).toBe(true)
    expect(await completed('resume')).toBe(false)
    expect(await completed('resume')).toBe(true)
  })

  test('does not count files of an earlier version with those of a later one', async () => {
    const destination = memoryDestination()
    const formats = createFormats(['dcm', 'png'])
    const instance = instanceDouble({ frames: [new Uint8Array(4)], attributes: greyFrame })
    const running = await openExport(destination, { formats })
    const files = await running.write(instance)
    await running.record.add(files.map((file) => entryOf(instance, file, '1')))
    await running.record.add(files.slice(0, 1).map((file) => entryOf(instance, file, '2')))
    expect([running.completed(instance, '1'), running.completed(instance, '2')]).toEqual([false, false])
    await running.record.close()
    await using pictures = await openExport(destination, { mode: 'resume', formats })
    expect([pictures.completed(instance, '1'), pictures.completed(instance, '2')]).toEqual([false, false])
    await pictures.record.close()
    await using files2 = await openExport(destination, { mode: 'resume' })
    expect(files2.completed(instance, '2')).toBe(true)
  })

  test('finds files by paths of another case or normal form, as some file systems list them', async () => {
    const destination = memoryDestination()
    const running = await openExport(destination, { layout: '{PatientID}/{SOPInstanceUID}' })
    const instance = instanceDouble({ attributes: { PatientID: 'Ångström' } })
    await running.export(instance)
    await running.record.close()
    const listed = [...destination.list()].map((file) => ({ ...file, path: file.path.toLowerCase().normalize('NFD') }))
    const resumed = { mode: 'resume', layout: '{PatientID}/{SOPInstanceUID}' } as const
    await using again = await openExport({ ...destination, list: () => listed }, resumed)
    expect(again.completed(instance)).toBe(true)
  })

  test('keeps the warnings of earlier runs, because their instances are not written again', async () => {
    const destination = memoryDestination()
    const running = await openExport(destination)
    await running.export(first)
    await running.record.warn(warning)
    await running.record.close()
    await damage(destination.record, recordNames.warnings, '{"datastoreId":"1234')
    const again = await openExport(destination, { mode: 'resume' })
    await again.record.warn({ ...warning, instances: 1 })
    await again.record.close()
    expect(await destination.linesOf(recordNames.warnings)).toEqual([warning, { ...warning, instances: 1 }])
    await using afresh = await openExport(destination, { mode: 'overwrite' })
    expect(afresh.completed(first)).toBe(false)
    expect(await destination.record.read(recordNames.warnings)).toBeUndefined()
  })

  test('drops the errors and the summary of an earlier run', async () => {
    const destination = memoryDestination()
    const running = await openExport(destination)
    await running.record.fail(failure)
    await running.record.close({})
    await using _again = await openExport(destination, { mode: 'resume' })
    expect(await destination.record.read(recordNames.errors)).toBeUndefined()
    expect(JSON.parse(await textOf(destination.record, recordNames.summary))).toMatchObject({ outcome: 'unfinished' })
  })

  test('does not count a file with a loss', async () => {
    const destination = memoryDestination()
    const running = await openExport(destination)
    const [file] = await running.write(first)
    if (file === undefined) throw new TypeError('no file')
    await running.record.add([{ ...entryOf(first, file), notices: ['ATTRIBUTE_NOT_WRITTEN'], hasLoss: true }])
    await running.record.close()
    await using again = await openExport(destination, { mode: 'resume' })
    expect(again.completed(first)).toBe(false)
    expect((await again.write(first)).map(({ path }) => path)).toEqual([file.path])
  })

  test('is started over in mode overwrite, and names its files until they are written again', async () => {
    const destination = await exportBoth()
    const before = await textOf(destination.record, recordNames.manifest)
    await using running = await openExport(destination, { mode: 'overwrite' })
    expect(running.completed(first)).toBe(false)
    const after = await textOf(destination.record, recordNames.manifest)
    expect(after.slice(0, before.length)).toBe(before)
    expect(JSON.parse(after.slice(before.length))).toMatchObject({ startedOver: true })
    expect([...destination.files.keys()]).toContain('1.2.dcm')
  })

  test('has unfinished files removed once it is locked, but not in mode new', async () => {
    const destination = memoryDestination()
    const calls: string[] = []
    const removeUnfinished = async (): Promise<void> => void calls.push('remove')
    await (await openExport({ ...destination, removeUnfinished })).record.close()
    expect(calls).toEqual([])
    await expect(openExport({ ...destination, removeUnfinished })).rejects.toThrow('it already holds an export')
    expect(calls).toEqual([])
    for (const mode of ['resume', 'overwrite'] as const) {
      await (await openExport({ ...destination, removeUnfinished }, { mode })).record.close()
    }
    expect(calls).toEqual(['remove', 'remove'])
  })

  test('counts all recorded files if it cannot be listed', async () => {
    const destination = without(memoryDestination(), 'list', 'read', 'flush')
    await using before = await openExport(destination)
    await before.export(first)
    await before.record.close()
    await using running = await openExport(destination, { mode: 'resume' })
    expect(running.completed(first)).toBe(true)
  })
})

test('openRecord releases the lock if the manifest cannot be read', async () => {
  const record = memoryRecord()
  let isBroken = true
  const broken = {
    ...record,
    read: (...args: Parameters<typeof record.read>) =>
      isBroken ? Promise.reject(new Error('no')) : record.read(...args),
  }
  const destination = memoryDestination(broken)
  const options = { mode: 'resume', formats: createFormats(['dcm']) } as const
  await expect(openRecord(destination, options)).rejects.toThrow('no')
  isBroken = false
  await (await openRecord(destination, options)).close()
})
