import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import type { Destination } from '@ahi-dicom/export-files'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { temporaryDirectory } from './temporary-directory.ts'

interface Place extends Disposable {
  readonly out: string
  readonly outside: string
  readonly destination: Destination & Required<Pick<Destination, 'move'>>
}

function place(files: Readonly<Record<string, string>>): Place {
  const directory = temporaryDirectory()
  const [out, outside] = [join(directory.path, 'out'), join(directory.path, 'outside')]
  for (const folder of [out, outside]) mkdirSync(folder)
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(out, path)), { recursive: true })
    writeFileSync(join(out, path), text)
  }
  const destination = folderDestination({ directory: out })
  const move = destination.move?.bind(destination)
  if (move === undefined) throw new TypeError('Expected a folder to move files')
  return {
    out,
    outside,
    destination: { ...destination, move },
    [Symbol.dispose]: () => directory[Symbol.dispose](),
  }
}

test('a file is moved, and folders that become empty are removed', async () => {
  using at = place({ '.ahi-dicom/staged/a/1/2.dcm': 'new' })
  await at.destination.move('.ahi-dicom/staged/a/1/2.dcm', 'x/y/2.dcm')
  await at.destination.flush?.(['x/y/2.dcm'])
  expect(readFileSync(join(at.out, 'x/y/2.dcm'), 'utf8')).toBe('new')
  expect(readdirSync(at.out)).toEqual(['x'])
})

test('moving replaces an existing file, and ignores a missing one', async () => {
  using at = place({ 'from/1.dcm': 'new', 'to/1.dcm': 'old' })
  await at.destination.move('from/1.dcm', 'to/1.dcm')
  await at.destination.move('from/1.dcm', 'to/1.dcm')
  expect(readFileSync(join(at.out, 'to/1.dcm'), 'utf8')).toBe('new')
})

test.each([
  ['the folder of the new path', 'from/1.dcm', 'link/1.dcm'],
  ['the folder of the file', 'link/mine.dcm', 'to/1.dcm'],
  ['the file', 'from/link', 'to/1.dcm'],
])('nothing is moved if %s is a link', async (_, from, to) => {
  using at = place({ 'from/1.dcm': 'new' })
  writeFileSync(join(at.outside, 'mine.dcm'), 'mine')
  symlinkSync(at.outside, join(at.out, 'link'))
  symlinkSync(join(at.outside, 'mine.dcm'), join(at.out, 'from/link'))
  await expect(at.destination.move(from, to)).rejects.toMatchObject({ code: 'OUTPUT_LINK' })
  expect(readdirSync(at.outside)).toEqual(['mine.dcm'])
  expect(existsSync(join(at.out, 'to'))).toBe(false)
})

test.each([
  ['from/1.dcm', '../outside/1.dcm'],
  ['../outside/mine.dcm', 'to/1.dcm'],
  ['from/1.dcm', '/tmp/1.dcm'],
])('moving out of or into the folder is refused: %s to %s', async (from, to) => {
  using at = place({ 'from/1.dcm': 'new' })
  await expect(at.destination.move(from, to)).rejects.toMatchObject({ code: 'OUTPUT_FAILED' })
})
