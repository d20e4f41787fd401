import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder, parseJsonLines, readExport, readManifestFiles } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'

/** The demo study: a CT of 24 slices, an ultrasound of 8 frames and a report. */
const [slices, frames] = [24, 8]

let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

/** Runs a command. Returns its exit code and output. */
async function run(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr, exitCode } = await ahi.run([...args, '--json'])
  return { exitCode, stderr, ...parseJsonLines(stdout)[0] }
}

async function digestsOf(out: string): Promise<Map<string, string>> {
  const files = await readExport(out)
  return new Map(Array.from(files, ([path, file]) => [path, createHash('sha256').update(file).digest('hex')]))
}

/** Returns the number of files of an export, by format and scope. */
async function countsOf(out: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { format, scope = 'instance' } of await readManifestFiles(out)) {
    const name = `${String(scope)} ${String(format)}`
    counts[name] = (counts[name] ?? 0) + 1
  }
  return counts
}

/** Returns the frames and times of an animation, read by Pillow. */
async function timesOf(path: string): Promise<readonly number[] | undefined> {
  const { status, stdout, stderr } = spawnSync('python3', ['-c', pillow, path])
  if (status === 0) return JSON.parse(stdout.toString())
  if (process.env['CI'] === 'true') throw new Error(`Pillow cannot read the file: ${stderr.toString()}`)
  console.log('Pillow is not there: the file is read by sharp alone')
  return (await sharp(path, { animated: true }).metadata()).delay
}

const pillow = `
import json, sys
from PIL import Image, ImageSequence
print(json.dumps([(frame.load(), frame.info['duration'])[1] for frame in ImageSequence.Iterator(Image.open(sys.argv[1]))]))
`

test('--cine animates series of single frames and instances of several', async () => {
  const [one, three] = [await makeFolder(), await makeFolder()]
  const job = ['export', '--all', '--format', 'webp,gif', '--size', '64', '--cine']
  expect(await run(...job, '--out', one, '--threads', '1')).toMatchObject({ exitCode: 0, outcome: 'complete' })
  expect(await run(...job, '--out', three, '--threads', '3')).toMatchObject({ exitCode: 0, outcome: 'complete' })
  const digests = await digestsOf(one)
  expect(await digestsOf(three)).toEqual(digests)
  expect(await countsOf(one)).toEqual({ 'series webp': 1, 'series gif': 1, 'instance webp': 1, 'instance gif': 1 })
  for (const { path, scope } of await readManifestFiles(one)) {
    const times = await timesOf(join(one, String(path)))
    expect(times).toEqual(scope === 'series' ? Array(slices).fill(100) : Array(frames).fill(times?.[0]))
  }
  expect(await readFile(join(one, 'warnings.ndjson'), 'utf8')).toContain('FRAME_TIME_ASSUMED')
  expect(await run('verify', one)).toMatchObject({ exitCode: 0 })

  const animation = [...digests.keys()].find((path) => path.endsWith('.webp')) ?? ''
  await rm(join(one, animation))
  expect(await run('export', '--out', one, '--resume')).toMatchObject({ exitCode: 0 })
  expect(await digestsOf(one)).toEqual(digests)
})

test('--contact-sheet adds a sheet of each series with pictures to the DICOM files', async () => {
  const out = await makeFolder()
  const job = ['export', '--all', '--out', out, '--contact-sheet', '--sheet-tiles', '6', '--sheet-columns', '3']
  const settings = ['--sheet-tile-size', '64', '--window', '40,400']
  expect(await run(...job, ...settings)).toMatchObject({ exitCode: 0, outcome: 'complete' })
  expect(await countsOf(out)).toEqual({ 'instance dcm': ahi.imported, 'series contact-sheet': 2 })
  const sheets = (await readManifestFiles(out)).filter(({ scope }) => scope === 'series')
  expect(new Set(sheets.map((sheet) => sheet['frames']))).toEqual(new Set([4, 6]))
  expect(sheets.map(({ checksum }) => checksum)).toEqual(['verified', 'verified'])
  for (const { path } of sheets) {
    expect(path).toMatch(/^[0-9.]+\/[0-9.]+_contact-sheet\.png$/)
    expect(PNG.sync.read(await readFile(join(out, String(path)))).width).toBeGreaterThan(3 * 64)
  }
  const digests = await digestsOf(out)
  expect(await run('verify', out)).toMatchObject({ exitCode: 0 })

  await rm(join(out, String(sheets[0]?.['path'])))
  expect(await run('export', '--out', out, '--resume')).toMatchObject({ exitCode: 0 })
  expect(await run('sync', '--out', out)).toMatchObject({ exitCode: 0 })
  expect(await digestsOf(out)).toEqual(digests)
})

test('sheets alone read no more than their frames, and name the patient if asked for', async () => {
  const [plain, named] = [await makeFolder(), await makeFolder()]
  const job = ['export', '--all', '--format', 'contact-sheet', '--sheet-tiles', '4', '--sheet-tile-size', '32', '--out']
  expect(await run(...job, plain)).toMatchObject({ exitCode: 0, outcome: 'complete' })
  expect(await run(...job, named, '--sheet-patient-data')).toMatchObject({ exitCode: 0, outcome: 'complete' })
  expect(await countsOf(plain)).toEqual({ 'series contact-sheet': 2 })
  const { formats } = JSON.parse(await readFile(join(plain, 'export.json'), 'utf8')).files
  expect(formats).toEqual([{ scope: 'series', name: 'contact-sheet', settings: { count: 4, columns: 6, size: 32 } }])
  expect([...(await digestsOf(named)).keys()]).toEqual([...(await digestsOf(plain)).keys()])
  expect(await digestsOf(named)).not.toEqual(await digestsOf(plain))
})

test('sheets are JPEGs if asked for', async () => {
  const out = await makeFolder()
  const job = [
    'export',
    '--all',
    '--format',
    'contact-sheet',
    '--sheet-encoding',
    'jpg',
    '--quality',
    '70',
    '--out',
    out,
  ]
  expect(await run(...job)).toMatchObject({ exitCode: 0 })
  for (const { path } of await readManifestFiles(out)) {
    expect(await sharp(join(out, String(path))).metadata()).toMatchObject({ format: 'jpeg' })
  }
})
