import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folderFiles } from '@ahi-dicom/exporter-fs'
import { expect, test } from 'vitest'
import { temporaryDirectory } from './temporary-directory.ts'

test('the files of a folder can be listed, and read at any offset', async () => {
  using temporary = temporaryDirectory()
  const directory = temporary.path
  await mkdir(join(directory, 'a/b'), { recursive: true })
  await writeFile(join(directory, 'a/b/file'), 'abcdefgh')
  await symlink(join(directory, 'a'), join(directory, 'link'))
  const folder = folderFiles(directory)
  const listed = []
  for await (const entry of folder.list()) listed.push(entry)
  expect(listed).toEqual([
    { path: 'a/b/file', byteLength: 8 },
    { path: 'link', byteLength: expect.any(Number), isLink: true },
  ])
  const file = await folder.open('a/b/file')
  expect(file.byteLength).toBe(8)
  expect(Buffer.from(await file.read(2, 3)).toString()).toBe('cde')
  expect(Buffer.from(await file.read(6, 100)).toString()).toBe('gh')
  expect(await file.read(100, 3)).toHaveLength(0)
  await file.close()
  await expect(folder.open('link')).rejects.toMatchObject({ code: 'OUTPUT_LINK' })
})

test.each(['manifest.ndjson', 'export.json'])('a folder with %s is an export', async (name) => {
  using temporary = temporaryDirectory()
  const folder = folderFiles(temporary.path)
  await mkdir(join(temporary.path, 'below'))
  await writeFile(join(temporary.path, 'below', name), '')
  expect(await folder.isExport()).toBe(false)
  await writeFile(join(temporary.path, name), '')
  expect(await folder.isExport()).toBe(true)
})
