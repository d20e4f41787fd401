import { access, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder, readManifestFiles } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'

let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

async function dicomdirOf(out: string): Promise<Buffer> {
  return await readFile(join(out, 'DICOMDIR'))
}

test('--dicomdir writes media, and resume and sync keep it', async () => {
  const out = join(await makeFolder(), 'cd')
  expect(await ahi.run(['export', '--all', '--out', out, '--dicomdir'])).toMatchObject({ exitCode: 0, stderr: '' })
  const files = await readManifestFiles(out)
  expect(files.map(({ path }) => path)).toEqual(files.map(() => expect.stringMatching(/^DICOM(?:\/[A-Z2-9]{8}){3}$/)))
  expect(files).toHaveLength(ahi.imported)
  const written = await dicomdirOf(out)
  expect(await ahi.run(['verify', out])).toMatchObject({ exitCode: 0 })
  await rm(join(out, String(files[0]?.['path'])))
  await rm(join(out, 'DICOMDIR'))
  expect((await ahi.run(['verify', out])).stdout).toContain('missing: DICOMDIR')
  expect(await ahi.run(['export', '--out', out, '--resume'])).toMatchObject({ exitCode: 0 })
  expect(await dicomdirOf(out)).toEqual(written)
  expect(await ahi.run(['sync', '--out', out])).toMatchObject({ exitCode: 0 })
  expect(await dicomdirOf(out)).toEqual(written)
  expect(await ahi.run(['verify', out])).toMatchObject({ exitCode: 0 })
})

test('a ZIP has a DICOMDIR, and verifies', async () => {
  const out = join(await makeFolder(), 'cd.zip')
  expect(await ahi.run(['export', '--all', '--out', out, '--dicomdir'])).toMatchObject({ exitCode: 0, stderr: '' })
  expect((await readFile(out)).includes('DICOMDIR')).toBe(true)
  expect(await ahi.run(['verify', out])).toMatchObject({ exitCode: 0, stderr: '' })
})

test('--layout media writes no DICOMDIR, and a resumed export may add one', async () => {
  const out = join(await makeFolder(), 'cd')
  expect(await ahi.run(['export', '--all', '--out', out, '--layout', 'media'])).toMatchObject({ exitCode: 0 })
  await expect(access(join(out, 'DICOMDIR'))).rejects.toThrow('ENOENT')
  expect(await ahi.run(['export', '--all', '--out', out, '--dicomdir', '--resume'])).toMatchObject({ exitCode: 0 })
  const added = await dicomdirOf(out)
  const other = join(await makeFolder(), 'cd')
  await ahi.run(['export', '--all', '--out', other, '--dicomdir'])
  expect(added).toEqual(await dicomdirOf(other))
})

test.each([
  [['--dicomdir', '--layout', '{SOPInstanceUID}'], 'Cannot write a DICOMDIR with this --layout'],
  [['--dicomdir', '--format', 'dcm,png'], 'Cannot write other files with --layout media or --dicomdir'],
  [['--layout', 'media', '--format', 'png'], 'Cannot write other files with --layout media or --dicomdir'],
])('%j is refused', async (options, message) => {
  const out = join(await makeFolder(), 'cd')
  const { exitCode, stderr } = await ahi.run(['export', '--all', '--out', out, ...options])
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining(message) })
  await expect(access(out)).rejects.toThrow('ENOENT')
})
