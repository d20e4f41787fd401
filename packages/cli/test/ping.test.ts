import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCommand } from '@ahi-dicom/cli'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hostDouble } from './support/host-double.ts'

let folder: string

beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'ahi-dicom-ping-'))))
afterAll(() => rm(folder, { recursive: true, force: true }))

test('a folder that can be made is said to be writable, and is not made', async () => {
  const host = hostDouble()
  const directory = join(folder, 'a', 'b')
  expect(await runCommand(['ping', directory, '--json'], host)).toBe(0)
  expect(JSON.parse(host.printed())).toEqual({ schemaVersion: 1, destination: directory, remarks: [], cannot: {} })
  expect(await readdir(folder)).toEqual([])
})

test('a file in the place of the folder is a usage error that says so', async () => {
  const host = hostDouble()
  const file = join(folder, 'file')
  await writeFile(file, '')
  expect(await runCommand(['ping', file], host)).toBe(2)
  expect(host.said()).toContain('a file is where a folder has to be')
})

test('an archive that is there has to be replaced, which the command says by its own option', async () => {
  const archive = join(folder, 'x.zip')
  await writeFile(archive, '')
  const host = hostDouble()
  expect(await runCommand(['ping', archive], host)).toBe(0)
  expect(host.printed()).toBe(`${archive} can be written\nit exists: an export has to replace it (--overwrite)\n`)
  const forPrograms = hostDouble()
  expect(await runCommand(['ping', archive, '--json'], forPrograms)).toBe(0)
  expect(forPrograms.printed()).toContain('--overwrite')
  expect(forPrograms.printed()).not.toContain('mode ')
})

test('a terminal takes no tar', async () => {
  const { terminal, ...host } = hostDouble()
  expect(await runCommand(['ping', '-'], { ...host, terminal: { ...terminal, outputColumns: 80 } })).toBe(2)
  expect(host.said()).toContain('Cannot write a tar to a terminal')
})
