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
