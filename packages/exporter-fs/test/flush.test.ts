import { closeSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { FileWriter, OutputFile } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { createFileWriter } from '@ahi-dicom/exporter-fs/lane'
import { temporaryDirectory } from './temporary-directory.ts'

function fileOf(path: string): OutputFile {
  return { path, format: 'dcm', mediaType: 'application/dicom', chunks: [Buffer.from(path)] }
}

/** Returns the open file descriptors of this process in a folder, by path. */
function openFiles(directory: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  for (const fd of readdirSync('/proc/self/fd')) {
    const path = linkOf(`/proc/self/fd/${fd}`)
    if (path?.startsWith(`${directory}/`) === true) found.set(path, Number(fd))
  }
  return found
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

const writers: readonly [string, (directory: string) => FileWriter][] = [
  ['a folder', (directory) => folderDestination({ directory })],
  ['a lane of a folder', (directory) => createFileWriter({ directory })],
]

describe.skipIf(platform() !== 'linux').each(writers)('flushing %s', (_, createWriter) => {
  test('closes the files that were kept open', async () => {
    using directory = temporaryDirectory()
    const writer = createWriter(directory.path)
    for (let number = 0; number < 10; number++) await writer.write(fileOf(`a/${number % 3}/${number}.dcm`))
    expect(openFiles(directory.path).size).toBe(10)
    await writer.flush?.()
    expect(openFiles(directory.path).size).toBe(0)
    await writer.write(fileOf('last.dcm'))
    await writer.close()
    expect(openFiles(directory.path).size).toBe(0)
  })

  test('starts by itself before too many files are open', async () => {
    using directory = temporaryDirectory()
    const writer = createWriter(directory.path)
    let most = 0
    for (let number = 0; number < 500; number++) {
      await writer.write(fileOf(`${number}.dcm`))
      if (number % 20 === 0) most = Math.max(most, openFiles(directory.path).size)
    }
    await writer.close()
    expect(most).toBeGreaterThan(20)
    expect(most).toBeLessThanOrEqual(128)
    expect(openFiles(directory.path).size).toBe(0)
  })

  test('rejects each time after the first failure, because files may be lost', async () => {
    using directory = temporaryDirectory()
    const writer = createWriter(directory.path)
    await writer.write(fileOf('a.dcm'))
    await writer.write(fileOf('b.dcm'))
    const lost = openFiles(directory.path).get(join(directory.path, 'a.dcm'))
    if (lost === undefined) throw new TypeError('a.dcm is not open')
    closeSync(lost)
    const failure = { name: 'OutputError', code: 'OUTPUT_FAILED', path: join(directory.path, 'a.dcm') }
    await expect(writer.flush?.()).rejects.toMatchObject(failure)
    await writer.write(fileOf('c.dcm'))
    await expect(writer.flush?.()).rejects.toMatchObject(failure)
    await expect(writer.close()).rejects.toMatchObject(failure)
    expect(openFiles(directory.path).size).toBe(0)
  })

  test('flushes files of other writers, and ignores missing ones', async () => {
    using directory = temporaryDirectory()
    await createWriter(directory.path).write(fileOf('a/b/other.dcm'))
    writeFileSync(join(directory.path, 'mine.dcm'), 'mine')
    const before = openFiles(directory.path).size
    const writer = createWriter(directory.path)
    await writer.flush?.(['a/b/other.dcm', 'mine.dcm', 'a/gone.dcm', 'gone/too.dcm'])
    expect(openFiles(directory.path).size).toBe(before)
  })
})
