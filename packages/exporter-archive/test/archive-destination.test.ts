import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { verifyExport, type Destination, type FileContent } from '@ahi-dicom/export-files'
import { archiveDestination, archiveFormatOf, type ArchiveFormat } from '@ahi-dicom/exporter-archive'
import { entryOf, instanceDouble } from '../../export-files/test/instance-double.ts'
import { openExport, type OpenExport } from '../../export-files/test/open-export.ts'
import { fileOf, hasProgram, noise, readByPython, temporaryFolder } from './support.ts'

const formats: readonly ArchiveFormat[] = ['zip', 'tar', 'tar.gz']

const readers = [
  { program: 'unzip', probe: '-v', reads: ['zip'], test: ['-tq'] },
  { program: '7z', probe: 'i', reads: ['zip', 'tar'], test: ['t'] },
  { program: 'tar', probe: '--version', reads: ['tar', 'tar.gz'], test: ['-tf'] },
].filter(({ program, probe }) => hasProgram(program, probe))

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function bytesOf(content: FileContent = []): Promise<Buffer> {
  const chunks: Uint8Array[] = []
  for await (const chunk of content) chunks.push(chunk)
  return Buffer.concat(chunks)
}

async function eventsOf(destination: Destination): Promise<readonly unknown[]> {
  const events: unknown[] = []
  for await (const event of verifyExport(destination)) events.push(event)
  return events
}

/** Exports instances, and closes the export with a summary. */
async function exported(destination: Destination, ...sopInstanceUids: readonly string[]): Promise<void> {
  await using running = await openExport(destination)
  for (const sopInstanceUid of sopInstanceUids) await running.export(instanceDouble({ sopInstanceUid }))
  await finish(running)
}

async function finish({ record }: OpenExport): Promise<void> {
  await record.finish({ isComplete: true })
  await record.close({ outcome: 'complete', startedAt: new Date().toISOString(), seconds: 1.5 })
}

async function* failing(): AsyncGenerator<Uint8Array> {
  yield noise(800)
  yield noise(800)
  throw new Error('the frame is gone')
}

const record = ['manifest.ndjson', 'summary.json']

describe.each(formats)('a %s', (format) => {
  test('contains its files, and has its name only when it is complete', async () => {
    using folder = temporaryFolder()
    const path = folder.at(`study.${format}`)
    const destination = archiveDestination({ path })
    await destination.open()
    const files = { 'a/1.dcm': noise(300_000), 'a/2.dcm': Buffer.alloc(0), 'Zoë/ü.dcm': noise(17) }
    for (const [name, bytes] of Object.entries(files)) {
      const written = await destination.write(fileOf(name, [bytes]))
      expect(written).toEqual({ path: name, byteLength: bytes.byteLength, sha256: sha256(bytes) })
      expect(await destination.size?.(name)).toBe(bytes.byteLength)
    }
    expect(readdirSync(folder.path)).toEqual([`study.${format}.partial`, `study.${format}.partial.lock`])
    await destination.close()
    expect(readdirSync(folder.path)).toEqual([`study.${format}`])
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const expected = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [name, sha256(bytes)]))
    expect(readByPython(path)).toEqual(expected)
    for (const { program, reads, test: arguments_ } of readers) {
      if (reads.includes(format)) execFileSync(program, [...arguments_, path], { stdio: 'ignore' })
    }
  })

  test('has the record as its last entries', async () => {
    using folder = temporaryFolder()
    const path = folder.at(`study.${format}`)
    await exported(archiveDestination({ path }), '1.2.3', '1.2.4')
    expect(Object.keys(readByPython(path))).toEqual(['1.2.3.dcm', '1.2.4.dcm', ...record])
  })

  test('is removed if the export does not finish', async () => {
    using folder = temporaryFolder()
    const destination = archiveDestination({ path: folder.at(`study.${format}`) })
    await destination.open()
    await destination.write(fileOf('1.dcm', [noise(3_000_000)]))
    await destination.close({ isFinished: false })
    expect(readdirSync(folder.path)).toEqual([])
  })

  test('contains no file that failed, was removed or is not recorded', async () => {
    using folder = temporaryFolder()
    const path = folder.at(`study.${format}`)
    const destination = archiveDestination({ path, maxMemory: 1000 })
    {
      await using running = await openExport(destination)
      await running.export(instanceDouble({ sopInstanceUid: '1.2.3' }))
      await expect(destination.write(fileOf('failed.dcm', failing()))).rejects.toThrow('the frame is gone')
      await destination.write(fileOf('removed.dcm', [noise(5000)]))
      await destination.remove('removed.dcm')
      await destination.remove('never.dcm')
      await destination.write(fileOf('unrecorded.dcm', 'half of an instance'))
      await expect(destination.remove('1.2.3.dcm')).rejects.toMatchObject({ code: 'OUTPUT_FILE_REFUSED' })
      await finish(running)
    }
    expect(Object.keys(readByPython(path))).toEqual(['1.2.3.dcm', ...record])
  })

  test('has the same bytes for the same files if it is reproducible', async () => {
    using folder = temporaryFolder()
    const [first, second] = [folder.at(`first.${format}`), folder.at(`second.${format}`)]
    await exported(archiveDestination({ path: first, reproducible: true }), '1.2.3', '1.2.4', '1.2.5')
    await exported(archiveDestination({ path: second, reproducible: true, maxMemory: 0 }), '1.2.5', '1.2.3', '1.2.4')
    expect(sha256(readFileSync(second))).toBe(sha256(readFileSync(first)))
    expect(Object.keys(readByPython(first))).toEqual(['1.2.3.dcm', '1.2.4.dcm', '1.2.5.dcm', ...record])
  })
})

describe('verify', () => {
  test.each(['zip', 'tar'])('reads a %s', async (format) => {
    using folder = temporaryFolder()
    const path = folder.at(`study.${format}`)
    await exported(archiveDestination({ path }), '1.2.3', '1.2.4')
    expect(await eventsOf(archiveDestination({ path }))).toMatchObject([
      { kind: 'verified', path: '1.2.3.dcm', byteLength: 6 },
      { kind: 'verified', path: '1.2.4.dcm', byteLength: 6 },
      { kind: 'summary', problems: 0, isComplete: true },
    ])
    const again = folder.at(`again.${format}`)
    await exported(archiveDestination({ path: again, reproducible: true }), '1.2.4', '1.2.3')
    expect((await eventsOf(archiveDestination({ path: again }))).at(-1)).toMatchObject({ verified: 2, problems: 0 })
  })

  test.each([
    // No Huffman code is that long.
    ['were changed', (bytes: Buffer) => bytes.fill(0xff, 1_000_000, 1_000_064)],
    // The length is 22 bytes before the name in the directory (APPNOTE 4.3.12).
    [
      'are longer than the archive says',
      (bytes: Buffer, name: string) => bytes.writeUInt32LE(1, bytes.lastIndexOf(name) - 22),
    ],
  ])('refuses compressed bytes that %s', async (_, change) => {
    using folder = temporaryFolder()
    const path = folder.at('study.zip')
    const writing = archiveDestination({ path, compression: 6 })
    await writing.open()
    // Larger than one read of the file.
    await writing.write(fileOf('1.dcm', [noise(2 ** 22).map((byte) => byte & 15)]))
    await writing.close()
    const bytes = readFileSync(path)
    change(bytes, '1.dcm')
    writeFileSync(path, bytes)
    await expect(bytesOf(await archiveDestination({ path }).read?.('1.dcm'))).rejects.toMatchObject({
      code: 'OUTPUT_NOT_READABLE',
    })
  })

  test('refuses a pipe, where reading would wait for a writer', async () => {
    using folder = temporaryFolder()
    const path = folder.at('study.zip')
    execFileSync('mkfifo', [path])
    const refused = {
      code: 'OUTPUT_NOT_READABLE',
      message: expect.stringContaining('name a ZIP or a tar that is a file'),
    }
    await expect(eventsOf(archiveDestination({ path }))).rejects.toMatchObject(refused)
  })

  test('refuses a tar.gz', async () => {
    using folder = temporaryFolder()
    const path = folder.at('study.tgz')
    await exported(archiveDestination({ path }), '1.2.3')
    const refused = { code: 'OUTPUT_UNSUPPORTED', message: expect.stringContaining('unpack it') }
    await expect(eventsOf(archiveDestination({ path }))).rejects.toMatchObject(refused)
  })
})

describe('the path of an archive', () => {
  test('is refused if a file exists there, which the mode overwrite replaces', async () => {
    using folder = temporaryFolder()
    const path = folder.at('study.zip')
    writeFileSync(path, 'earlier')
    const destination = archiveDestination({ path })
    await expect(destination.open()).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' })
    await destination.open({ mode: 'overwrite' })
    await destination.write(fileOf('1.dcm', 'new'))
    expect(readFileSync(path, 'utf8')).toBe('earlier')
    await destination.close()
    expect(Object.keys(readByPython(path))).toEqual(['1.dcm'])
  })

  test('is refused if another program creates a file there during the export', async () => {
    using folder = temporaryFolder()
    const path = folder.at('study.zip')
    const destination = archiveDestination({ path })
    await destination.open()
    writeFileSync(path, 'of another')
    await expect(destination.close()).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' })
    expect(readdirSync(folder.path)).toEqual(['study.zip'])
    expect(readFileSync(path, 'utf8')).toBe('of another')
  })

  test('is locked against a second run', async () => {
    using folder = temporaryFolder()
    const path = folder.at('study.tar')
    const [one, other] = [archiveDestination({ path }), archiveDestination({ path })]
    await one.open()
    await expect(other.open({ mode: 'overwrite' })).rejects.toMatchObject({ code: 'OUTPUT_LOCKED' })
    await one.close()
    await other.open({ mode: 'overwrite' })
    await other.close()
    expect(readdirSync(folder.path)).toEqual(['study.tar'])
  })

  test('is named in messages, and not the path of the partial file', async () => {
    using folder = temporaryFolder()
    const path = folder.at('none/study.zip')
    const message = expect.stringContaining(`Cannot write "${path}":`)
    await expect(archiveDestination({ path }).open()).rejects.toMatchObject({ message })
  })

  test.each([
    ['a folder that does not exist', (at: (name: string) => string) => at('none/study.zip'), 'OUTPUT_NOT_FOUND'],
    ['a file in place of its folder', (at: (name: string) => string) => at('file/study.zip'), 'OUTPUT_NOT_A_DIRECTORY'],
    ['a folder', (at: (name: string) => string) => at('folder.zip'), 'OUTPUT_EXISTS'],
    ['a folder with the name of the partial file', (at: (name: string) => string) => at('other.zip'), 'OUTPUT_EXISTS'],
  ])('is refused for %s', async (_, place, code) => {
    using folder = temporaryFolder()
    mkdirSync(folder.at('folder.zip'))
    mkdirSync(folder.at('other.zip.partial'))
    writeFileSync(folder.at('file'), '')
    const before = readdirSync(folder.path)
    const path = place(folder.at)
    const message = expect.stringContaining(`Cannot write "${path}`)
    await expect(archiveDestination({ path }).open()).rejects.toMatchObject({ code, message })
    expect(readdirSync(folder.path)).toEqual(before)
  })

  test('decides the format', () => {
    const names = ['x.zip', 'X.ZIP', 'x.tar', 'x.tar.gz', 'x.tgz', 'x', 'x.zip/y', 'x.gz']
    const form = [undefined, undefined, undefined]
    expect(names.map(archiveFormatOf)).toEqual(['zip', 'zip', 'tar', 'tar.gz', 'tar.gz', ...form])
    expect(() => archiveDestination({ path: 'study' })).toThrow(TypeError)
    expect(() => archiveDestination({ path: 'x.tar', compression: 3 })).toThrow(TypeError)
    expect(() => archiveDestination({ path: 'x.zip', compression: 10 })).toThrow(TypeError)
    expect(() => archiveDestination({ path: 'x.zip', mode: 0o044 })).toThrow(TypeError)
  })
})

describe('a ZIP', () => {
  test('is compressed if a level is given', async () => {
    using folder = temporaryFolder()
    const path = folder.at('study.zip')
    const bytes = Buffer.alloc(1_000_000, 'pixels ')
    for (const maxMemory of [0, 2 ** 26]) {
      const destination = archiveDestination({ path, compression: 9, maxMemory })
      await destination.open({ mode: 'overwrite' })
      await destination.write(fileOf('1.dcm', [bytes]))
      await destination.close()
      expect(statSync(path).size).toBeLessThan(10_000)
      expect(readByPython(path)).toEqual({ '1.dcm': sha256(bytes) })
      const content: Uint8Array[] = []
      for await (const chunk of (await archiveDestination({ path }).read?.('1.dcm')) ?? []) content.push(chunk)
      expect(Buffer.concat(content).equals(bytes)).toBe(true)
    }
  })

  test('writes files concurrently, each of them once', async () => {
    using folder = temporaryFolder()
    const destination = archiveDestination({ path: folder.at('study.zip'), maxMemory: 50_000 })
    const instances = Array.from({ length: 40 }, (_, index) => instanceDouble({ sopInstanceUid: `1.2.${index}` }))
    {
      await using running = await openExport(destination)
      await Promise.all(
        instances.map(async (instance, index) => {
          const file = fileOf(`${instance.sopInstanceUid}.dcm`, [noise(index * 100, index)])
          const written = { ...(await destination.write(file)), format: 'dcm' }
          await running.record.add([entryOf(instance, written)])
        }),
      )
      await finish(running)
    }
    expect((await eventsOf(archiveDestination({ path: folder.at('study.zip') }))).at(-1)).toMatchObject({
      verified: 40,
      problems: 0,
    })
    expect(Object.keys(readByPython(folder.at('study.zip')))).toHaveLength(42)
  })

  test('reports free space, and that a reproducible export needs room for two copies', async () => {
    using folder = temporaryFolder()
    const path = folder.at('study.zip')
    const room = { byteLength: expect.any(Number), files: undefined, blockByteLength: 1 }
    expect(await archiveDestination({ path }).free?.()).toEqual(room)
    expect(await archiveDestination({ path, reproducible: true }).free?.()).toEqual({ ...room, copies: 2 })
  })

  test('says that it cannot be resumed, and what to do instead', async () => {
    using folder = temporaryFolder()
    const { cannot } = archiveDestination({ path: folder.at('x.zip') })
    expect(cannot).toEqual({
      resume: expect.stringContaining("mode 'overwrite'"),
      sync: expect.stringContaining('keep a folder up to date'),
    })
    expect(existsSync(folder.at('x.zip'))).toBe(false)
  })
})
