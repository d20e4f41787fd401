import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FileContent, OutputFile } from '@ahi-dicom/export-files'
import { archiveDestination } from '@ahi-dicom/exporter-archive'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ahi-large-archives-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function fileOf(path: string, chunks: FileContent): OutputFile {
  return { path, format: 'dcm', mediaType: 'application/dicom', chunks }
}

const mebibyte = Buffer.alloc(2 ** 20)

function* zeros(mebibytes: number): Generator<Buffer> {
  for (let index = 0; index < mebibytes; index++) yield mebibyte
}

async function write(path: string, files: Iterable<OutputFile>): Promise<void> {
  const destination = archiveDestination({ path })
  await destination.open()
  for (const file of files) await destination.write(file)
  await destination.close()
}

/** How many files of how many bytes Python finds, and the content of the last one. */
function listed(path: string): { readonly count: number; readonly bytes: number; readonly last: string } {
  const script = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    entries = [(entry.filename, entry.file_size) for entry in archive.infolist()]
    last = archive.read(entries[-1][0])
json.dump({'count': len(set(entries)), 'bytes': sum(size for _, size in entries), 'last': last.decode()}, sys.stdout)
`
  return JSON.parse(execFileSync('python3', ['-c', script, path], { encoding: 'utf8' }))
}

/** Lists a ZIP by readers that are not ours. */
function check(path: string): void {
  execFileSync('unzip', ['-Zt', path], { stdio: ['ignore', 'ignore', 'inherit'] })
  execFileSync('7z', ['l', path], { stdio: ['ignore', 'ignore', 'inherit'] })
}

describe('a ZIP', () => {
  test('of more than 4 GiB, in one file and before the last one, is read', async () => {
    const path = join(folder, 'large.zip')
    const mebibytes = 4097
    await write(path, [fileOf('large.dcm', zeros(mebibytes)), fileOf('last.dcm', [Buffer.from('last')])])
    expect(statSync(path).size).toBeGreaterThan(2 ** 32)
    expect(listed(path)).toEqual({ count: 2, bytes: mebibytes * 2 ** 20 + 4, last: 'last' })
    check(path)
    const own = archiveDestination({ path })
    expect([await own.size?.('large.dcm'), await own.size?.('last.dcm')]).toEqual([mebibytes * 2 ** 20, 4])
    rmSync(path)
  })

  test.each([65_535, 65_536])('of %s files is read', async (count) => {
    const path = join(folder, `many-${count}.zip`)
    const files = Array.from({ length: count }, (_, index) => fileOf(`${index}.dcm`, [Buffer.from(`${index}`)]))
    await write(path, files)
    expect(listed(path)).toMatchObject({ count, last: `${count - 1}` })
    check(path)
    let own = 0
    for await (const _ of archiveDestination({ path }).list?.() ?? []) own += 1
    expect(own).toBe(count)
    rmSync(path)
  })
})
