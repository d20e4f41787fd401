import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pageMark } from '@ahi-dicom/report-page'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'

let ahi: LocalAhi
let parent: string
let folder: string

beforeAll(async () => {
  ahi = await startLocalAhi()
  parent = await mkdtemp(join(tmpdir(), 'ahi-dicom-report-'))
  folder = join(parent, 'a study')
  await ahi.run(['export', '--all', '--out', folder])
})
afterAll(async () => {
  await ahi[Symbol.asyncDispose]()
  await rm(parent, { recursive: true, force: true })
})

test('writes index.html into a folder, and verify lets it be', async () => {
  for (const _ of ['first', 'again']) {
    const { exitCode, stdout, stderr } = await ahi.run(['report', folder])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toContain(`written to ${folder}/index.html`)
  }
  const page = await readFile(join(folder, 'index.html'), 'utf8')
  expect(page).toContain(pageMark)
  expect(page).toContain('data:image/png;base64,')
  expect(page).toContain(ahi.studyInstanceUid)
  expect(await ahi.run(['verify', folder])).toMatchObject({ exitCode: 0 })
  expect(await ahi.run(['export', '--out', folder, '--resume'])).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining(`${folder}/index.html is older than this export: update it with ahi-dicom report`),
  })
  expect(await readFile(join(folder, 'index.html'), 'utf8')).toBe(page)
})

test('--out writes it elsewhere, with links to the folder', async () => {
  const elsewhere = await makeFolder()
  await mkdir(join(elsewhere, 'pages'))
  const out = join(elsewhere, 'pages', 'p.html')
  const { exitCode, stdout } = await ahi.run(['report', folder, '--out', out, '--json'])
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({ kind: 'page', file: out, files: ahi.imported, unread: 0 })
  expect(await readFile(out, 'utf8')).toContain('/a%20study/')
})

test('patient data is in it if it is asked for', async () => {
  const out = join(await makeFolder(), 'p.html')
  await ahi.run(['report', folder, '--out', out])
  expect(await readFile(out, 'utf8')).not.toContain('"Patient ID"')
  await ahi.run(['report', folder, '--out', out, '--with-patient-data'])
  expect(await readFile(out, 'utf8')).toContain('"Patient ID"')
})

test('the page of a ZIP has no links', async () => {
  const zip = join(await makeFolder(), 'study.zip')
  await ahi.run(['export', '--all', '--out', zip])
  expect(await ahi.run(['report', zip])).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--out FILE') })
  expect(await ahi.run(['report', zip, '--out', `${zip}.html`])).toMatchObject({ exitCode: 0, stderr: '' })
  const page = await readFile(`${zip}.html`, 'utf8')
  expect(page).toContain('data:image/png;base64,')
  expect(page).toContain('["","')
})

test('of a tar.gz it says to name the unpacked folder', async () => {
  const archive = join(await makeFolder(), 'study.tar.gz')
  await ahi.run(['export', '--all', '--out', archive, '--header-only'])
  expect(await ahi.run(['report', archive, '--out', `${archive}.html`])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('unpack it, and name the folder'),
  })
})

test('frames as AHI stores them have thumbnails', async () => {
  const stored = join(await makeFolder(), 'stored')
  await ahi.run(['export', '--all', '--out', stored, '--transfer-syntax', 'stored'])
  const { stdout } = await ahi.run(['report', stored, '--json'])
  const all = await ahi.run(['report', folder, '--json'])
  expect(JSON.parse(stdout)).toMatchObject({ thumbnails: 2, unread: 0 })
  expect(JSON.parse(all.stdout)).toMatchObject({ thumbnails: 2, series: 3 })
})

test("somebody else's index.html stays", async () => {
  const own = join(await makeFolder(), 'own')
  await ahi.run(['export', '--all', '--out', own, '--header-only'])
  await writeFile(join(own, 'index.html'), '<h1>mine</h1>')
  const { exitCode, stderr } = await ahi.run(['report', own])
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('another file is there') })
  expect(await readFile(join(own, 'index.html'), 'utf8')).toBe('<h1>mine</h1>')
})

test('--out replaces no file of an export and no archive', async () => {
  const zip = join(await makeFolder(), 'study.zip')
  await ahi.run(['export', '--all', '--out', zip, '--header-only'])
  const manifest = join(folder, 'manifest.ndjson')
  for (const [exported, out] of [
    [zip, zip],
    [zip, manifest],
    [folder, manifest],
  ] as const) {
    const before = await readFile(out)
    expect(await ahi.run(['report', exported, '--out', out])).toMatchObject({ exitCode: 2 })
    expect((await readFile(out)).equals(before)).toBe(true)
  }
})

test('--out puts no file into the export that verify would name', async () => {
  const linked = join(await makeFolder(), 'linked')
  await symlink(folder, linked)
  for (const [exported, out] of [
    [folder, join(folder, 'page.html')],
    [folder, join(linked, 'page.html')],
    [linked, join(folder, 'page.html')],
  ] as const) {
    expect(await ahi.run(['report', exported, '--out', out])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('only index.html is allowed'),
    })
  }
  expect(await ahi.run(['report', folder, '--out', join(linked, 'index.html')])).toMatchObject({ exitCode: 0 })
})

test.each([
  [['--out', 'https://host/p.html'], 'it is a URL'],
  [['--out', 'pages/'], 'it is not the name of a file'],
])('%j is refused', async (options, message) => {
  expect(await ahi.run(['report', folder, ...options])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(message),
  })
})

test('a folder without a record has no page', async () => {
  const { exitCode, stderr } = await ahi.run(['report', await makeFolder()])
  expect(exitCode).not.toBe(0)
  expect(stderr).toContain('it has no manifest.ndjson')
})
