import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { thisHolder, verifyExport, type Destination, type OutputFile } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { createFileWriter } from '@ahi-dicom/exporter-fs/lane'
import { merge, stateOf, writeImageSets } from '../../export-files/test/merged-export.ts'
import { filesBelow, temporaryDirectory } from './temporary-directory.ts'

const one = { imageSetId: 'one', instances: ['1', '2'], hasWarning: true }
const two = { imageSetId: 'two', instances: ['3', '4'], failing: '4' }

function file(path: string): OutputFile {
  return { path, format: 'dcm', mediaType: 'application/dicom', chunks: [Buffer.from(path)] }
}

async function pathsOf(destination: Destination): Promise<readonly string[]> {
  const paths: string[] = []
  for await (const { path } of destination.list?.() ?? []) paths.push(path)
  return paths.sort()
}

test.each(['', '.', '..', 'a/b', 'ü', 'a'.repeat(65)])('the name %j is refused', (writer) => {
  expect(() => folderDestination({ directory: 'x', writer })).toThrow('`writer`')
})

test('each writer has a separate lock, which can be held once', async () => {
  using directory = temporaryDirectory()
  const of = (writer?: string): Destination => folderDestination({ directory: directory.path, writer })
  const locks = [await of().record.lock(), await of('a').record.lock(), await of('b').record.lock()]
  await expect(of('a').record.lock()).rejects.toMatchObject({
    code: 'OUTPUT_LOCKED',
    message: expect.stringContaining('name a `writer`'),
  })
  for (const lock of locks) await lock.release()
  expect(filesBelow(directory.path)).toEqual([])
  expect(readdirSync(directory.path)).toEqual([])
})

test('writers share one tree of files, and a writer lists only its own staged files', async () => {
  using directory = temporaryDirectory()
  const [a, b, none] = ['a', 'b', undefined].map((writer) => folderDestination({ directory: directory.path, writer }))
  const waiting = '.ahi-dicom/staged/set/one.dcm'
  await a?.write(file('one.dcm'))
  await b?.write(file('two.dcm'))
  await a?.write(file(waiting))
  await none?.write(file('.ahi-dicom/staged/set/none.dcm'))
  expect(filesBelow(directory.path)).toContain('.ahi-dicom/writers/a/staged/set/one.dcm')
  expect(a && (await pathsOf(a))).toEqual([waiting, 'one.dcm', 'two.dcm'])
  expect(await a?.size?.(waiting)).toBe(waiting.length)
  await a?.move?.(waiting, 'moved.dcm')
  await b?.remove('two.dcm')
  expect(filesBelow(directory.path)).toEqual(['.ahi-dicom/staged/set/none.dcm', 'moved.dcm', 'one.dcm'])
})

test('a lane has the writer of its destination', async () => {
  using directory = temporaryDirectory()
  const destination = folderDestination({ directory: directory.path, writer: 'a' })
  expect(destination.lane?.options).toEqual({ directory: directory.path, writer: 'a' })
  const lane = createFileWriter({ directory: directory.path, writer: 'a' })
  await lane.write(file('.ahi-dicom/staged/set/one.dcm'))
  await lane.close()
  expect(filesBelow(directory.path)).toEqual(['.ahi-dicom/writers/a/staged/set/one.dcm'])
})

test('unfinished files of other writers are not removed', async () => {
  using directory = temporaryDirectory()
  const writers = [undefined, 'a', 'b'].map((writer) => folderDestination({ directory: directory.path, writer }))
  // Each writer stops in the middle of a file.
  const { promise: forever, resolve } = Promise.withResolvers<void>()
  async function* halves(started: () => void): AsyncGenerator<Uint8Array> {
    yield new Uint8Array(1 << 20)
    started()
    await forever
  }
  const writing = writers.map(async (writer, index) => {
    const started = Promise.withResolvers<void>()
    const written = writer.write({ ...file(`folder/${index}.dcm`), chunks: halves(started.resolve) })
    written.catch(() => undefined)
    await started.promise
    return { written }
  })
  const underWay = await Promise.all(writing)
  const left = (): readonly string[] => filesBelow(directory.path).map((path) => path.replace(/\.[0-9a-f]{12}/u, ''))
  const [ofNone = '', ofA = '', ofB = ''] = left()
  expect([ofNone, ofA, ofB]).toEqual([
    'folder/.0.dcm.part',
    expect.stringMatching(/^folder\/\.1\.dcm-[0-9a-f]{8}\.part$/u),
    expect.stringMatching(/^folder\/\.2\.dcm-[0-9a-f]{8}\.part$/u),
  ])
  await writers[1]?.removeUnfinished?.()
  expect(left()).toEqual([ofNone, ofB])
  await writers[0]?.removeUnfinished?.({ writers: ['b'] })
  expect(left()).toEqual([])
  resolve()
  await Promise.allSettled(underWay.map(({ written }) => written))
})

async function writeMany(destination: Destination | undefined, name: string): Promise<void> {
  for (let count = 0; count < 200; count++) {
    await destination?.write(file(`study/series/${name}.dcm`))
    await destination?.remove(`study/series/${name}.dcm`)
  }
  await destination?.flush?.()
}

test('a folder that disappears is made again', async () => {
  using directory = temporaryDirectory()
  const [a, b] = ['a', 'b'].map((writer) => folderDestination({ directory: directory.path, writer }))
  await Promise.all([writeMany(a, 'a'), writeMany(b, 'b')])
  expect(filesBelow(directory.path)).toEqual([])
})

test('a folder that another process removes can be locked', async () => {
  using directory = temporaryDirectory()
  const lockMany = async (writer: string): Promise<void> => {
    for (let count = 0; count < 30; count++) {
      const lock = await folderDestination({ directory: directory.path, writer }).record.lock()
      await lock.release()
    }
  }
  await Promise.all(['a', 'b', 'c'].map(lockMany))
  expect(readdirSync(directory.path)).toEqual([])
})

test('a link in place of the folder of a writer is refused', async () => {
  using directory = temporaryDirectory()
  using elsewhere = temporaryDirectory()
  mkdirSync(join(directory.path, '.ahi-dicom/writers'), { recursive: true })
  symlinkSync(elsewhere.path, join(directory.path, '.ahi-dicom/writers/a'))
  const { record } = folderDestination({ directory: directory.path, writer: 'a' })
  await expect(record.lock()).rejects.toMatchObject({ code: 'OUTPUT_LINK' })
  await expect(record.read('summary.json')).rejects.toMatchObject({ code: 'OUTPUT_LINK' })
  expect(filesBelow(elsewhere.path)).toEqual([])
})

test('a named writer creates no DICOMDIR', () => {
  expect(folderDestination({ directory: 'x', writer: 'a' }).cannot?.dicomdir).toContain('export without a writer')
  expect(folderDestination({ directory: 'x' }).cannot).toBeUndefined()
})

test('exports of several writers can be merged, even after kills', async () => {
  using directory = temporaryDirectory()
  using single = temporaryDirectory()
  await writeImageSets(folderDestination({ directory: single.path }), [one, two])
  const of = (writer?: string): Destination => folderDestination({ directory: directory.path, writer })
  await writeImageSets(of('a'), [one])
  await writeImageSets(of('b'), [one], { killedIn: { imageSetId: 'two', instances: ['3', '9'] }, isUnflushed: true })
  await writeImageSets(of('c'), [two])
  expect(existsSync(join(directory.path, '.ahi-dicom/writers/b/.ahi-dicom.started'))).toBe(true)
  // The lock of an ended process of this machine.
  const holder = { ...(await thisHolder('another')), pid: 2 ** 22 + 1 }
  writeFileSync(join(directory.path, '.ahi-dicom/writers/b/.ahi-dicom.lock'), JSON.stringify(holder))
  expect(await merge(of())).toMatchObject({ writers: 3, locked: [] })
  expect(await stateOf(of())).toEqual(await stateOf(folderDestination({ directory: single.path })))
  expect(existsSync(join(directory.path, '.ahi-dicom'))).toBe(false)
})

test('records of a thousand writers are merged', async () => {
  using directory = temporaryDirectory()
  for (let number = 0; number < 1000; number++) {
    const folder = join(directory.path, '.ahi-dicom/writers', `w${number}`)
    mkdirSync(folder, { recursive: true })
    writeFileSync(join(folder, 'manifest.ndjson'), '')
  }
  const destination = folderDestination({ directory: directory.path })
  const names: string[] = []
  for await (const { writer } of destination.records?.() ?? []) if (writer !== undefined) names.push(writer)
  expect(new Set(names).size).toBe(1000)
  await destination.open()
  const merged = await merge(destination)
  expect(merged).toMatchObject({ writers: 1000, files: 0, locked: [] })
  expect(existsSync(join(directory.path, dirname('.ahi-dicom/writers')))).toBe(false)
})

test('verification reads the records of all writers', async () => {
  using directory = temporaryDirectory()
  await writeImageSets(folderDestination({ directory: directory.path, writer: 'a' }), [one])
  const found: unknown[] = []
  for await (const event of verifyExport(folderDestination({ directory: directory.path }))) {
    if (event.kind !== 'verified') found.push(event)
  }
  expect(found).toMatchObject([{ kind: 'summary', problems: 0, files: 2, isComplete: true }])
})
