import { promises } from 'node:fs'
import { readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { documentFolder } from '@ahi-dicom/exporter-fs'
import { expect, test, vi } from 'vitest'
import { temporaryDirectory } from './temporary-directory.ts'

const key = { datastoreId: 'd'.repeat(32), imageSetId: 'a'.repeat(32), versionId: '7' }
const document = Buffer.from(JSON.stringify({ Patient: { DICOM: { PatientName: 'Doe^Jane' } } }))

async function onlyFile(directory: string): Promise<string> {
  const [name = '', ...others] = await readdir(directory)
  expect(others).toEqual([])
  return join(directory, name)
}

test('returns a document for its version only', async () => {
  using parent = temporaryDirectory()
  const store = documentFolder({ directory: join(parent.path, 'cache') })
  expect(await store.read(key)).toBeUndefined()
  await store.write(key, document)
  expect(Buffer.from((await store.read(key)) ?? [])).toEqual(document)
  expect(await store.read({ ...key, versionId: '8' })).toBeUndefined()
  await store.write(key, Buffer.from('newer'))
  expect(Buffer.from((await store.read(key)) ?? []).toString()).toBe('newer')
})

test('file names contain no patient data, and only the user can read the files', async () => {
  using parent = temporaryDirectory()
  const directory = join(parent.path, 'cache')
  const umask = process.umask(0)
  try {
    await documentFolder({ directory }).write(key, document)
  } finally {
    process.umask(umask)
  }
  const path = await onlyFile(directory)
  expect([(await stat(directory)).mode & 0o777, (await stat(path)).mode & 0o777]).toEqual([0o700, 0o600])
  expect(path).not.toContain('Doe')
  expect((await readFile(path)).includes('Doe')).toBe(false)
})

test('does not return an entry that is damaged, cut off, of another key, or a link', async () => {
  using parent = temporaryDirectory()
  const directory = join(parent.path, 'cache')
  const store = documentFolder({ directory })
  await store.write(key, document)
  const path = await onlyFile(directory)
  const whole = await readFile(path)
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole)
    damaged.writeUInt8((damaged.readUInt8(at) + 1) % 256, at)
    await writeFile(path, damaged)
    expect(await store.read(key)).toBeUndefined()
  }
  for (const length of [0, 10, whole.length - 1]) {
    await writeFile(path, whole.subarray(0, length))
    expect(await store.read(key)).toBeUndefined()
  }
  const other = { ...key, imageSetId: 'b'.repeat(32) }
  await writeFile(path.replace(key.imageSetId, other.imageSetId), whole)
  expect(await store.read(other)).toBeUndefined()
  const moved = `${path}.elsewhere`
  await writeFile(path, whole)
  await rename(path, moved)
  await symlink(moved, path)
  expect(await store.read(key)).toBeUndefined()
  await store.write(key, document)
  expect(Buffer.from((await store.read(key)) ?? [])).toEqual(document)
})

test('writes into its folder only, whatever the identifiers are', async () => {
  using parent = temporaryDirectory()
  const store = documentFolder({ directory: join(parent.path, 'cache') })
  const hostile = { datastoreId: '../..', imageSetId: '/etc/passwd', versionId: '..\\x' }
  await store.write(hostile, document)
  expect(Buffer.from((await store.read(hostile)) ?? [])).toEqual(document)
  expect(await readdir(parent.path)).toEqual(['cache'])
  expect(await readdir(join(parent.path, 'cache'))).toHaveLength(1)
})

test('the error says what to do if the folder cannot be made', async () => {
  using parent = temporaryDirectory()
  const file = join(parent.path, 'file')
  await writeFile(file, '')
  const store = documentFolder({ directory: file })
  await expect(store.write(key, document)).rejects.toMatchObject({ code: 'OUTPUT_NOT_A_DIRECTORY' })
  expect(await store.read(key)).toBeUndefined()
  expect(await readdir(parent.path)).toEqual(['file'])
})

test('gives up if the file system makes no folder in an existing one, like /proc and automounters', async () => {
  using parent = temporaryDirectory()
  using _mkdir = vi
    .spyOn(promises, 'mkdir')
    .mockRejectedValue(Object.assign(new Error('ENOENT: no such file or directory'), { code: 'ENOENT' }))
  const writing = documentFolder({ directory: join(parent.path, 'cache') }).write(key, document)
  await expect(writing).rejects.toMatchObject({ name: 'OutputError', code: 'OUTPUT_FAILED' })
})
