import { createHash } from 'node:crypto'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createFolderDigester } from '@ahi-dicom/exporter-fs'
import { expect, test } from 'vitest'
import { temporaryDirectory } from './temporary-directory.ts'

test('threads return size and SHA-256 of the files of a folder', async () => {
  using temporary = temporaryDirectory()
  const directory = temporary.path
  mkdirSync(join(directory, 'deep'))
  // One file is empty, and one is longer than a chunk.
  const contents = Array.from({ length: 40 }, (_, index) =>
    Buffer.alloc(index * 1000 + (index === 7 ? 3_000_000 : 0), index),
  )
  for (const [index, bytes] of contents.entries()) writeFileSync(join(directory, `deep/${index}`), bytes)
  await using digester = createFolderDigester({ directory, threads: 2 })
  expect(digester.concurrency).toBe(4)
  const found = await Promise.all(contents.map((_, index) => digester.digest(`deep/${index}`)))
  expect(found).toEqual(
    contents.map((bytes) => ({
      byteLength: bytes.byteLength,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    })),
  )
})

test('threads report a missing file, a link and a folder', async () => {
  using temporary = temporaryDirectory()
  const directory = temporary.path
  mkdirSync(join(directory, 'folder'))
  writeFileSync(join(directory, 'file'), 'text')
  symlinkSync(join(directory, 'file'), join(directory, 'link'))
  symlinkSync(join(directory, 'folder'), join(directory, 'linked'))
  await using digester = createFolderDigester({ directory, threads: 1 })
  expect(await digester.digest('nothing')).toBeUndefined()
  await expect(digester.digest('link')).rejects.toMatchObject({ name: 'OutputError', code: 'OUTPUT_LINK' })
  await expect(digester.digest('linked/file')).rejects.toMatchObject({ name: 'OutputError', code: 'OUTPUT_LINK' })
  await expect(digester.digest('folder')).rejects.toMatchObject({ name: 'OutputError', code: 'OUTPUT_NOT_A_FILE' })
  await expect(digester.digest('../outside')).rejects.toMatchObject({ name: 'OutputError' })
})
