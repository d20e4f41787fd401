import { cp, mkdir, rm, stat, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateStudy } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder, parseJsonLines, readExport, readJsonLines, readManifestFiles } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'

let ahi: LocalAhi

/** The emulator's study, and the CT of another study without its third slice. */
beforeAll(async () => {
  ahi = await startLocalAhi()
  const gapped = Array.from(generateStudy({ seed: 2, ctSlices: 6, ultrasoundFrames: 0, report: false }))
  await ahi.emulator.importDicom(gapped.filter((_, slice) => slice !== 2).map(({ data }) => data))
})
afterAll(() => ahi[Symbol.asyncDispose]())

/** Runs a command. Returns its exit code and output. */
async function run(...args: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout, stderr, exitCode } = await ahi.run([...args, '--json'])
  return { exitCode, stderr, ...parseJsonLines(stdout)[0] }
}

/** Compares files by digest, because a failed comparison would print large files. */
function isEqual(files: ReadonlyMap<string, string>, others: ReadonlyMap<string, string>): boolean {
  return files.size === others.size && [...files].every(([path, content]) => others.get(path) === content)
}

const ct = (): string[] => ['export', ahi.studyInstanceUid, '--modality', 'CT']

function endings(paths: Iterable<string>): string[] {
  return [...paths].map((path) => path.replace(/^[\d.]+\/[\d.]*\d/, '')).toSorted()
}

test('a series is one NIfTI, which is verified, and complete when the export is resumed', async () => {
  const out = await makeFolder()
  const job = [...ct(), '--format', 'nii.gz,npz', '--values', 'real-world', '--out', out]
  const summary = await run(...job)
  expect(summary).toMatchObject({ exitCode: 0, outcome: 'complete', instances: { written: 24 }, files: 3 })
  expect(endings((await readExport(out)).keys())).toEqual(['.json', '.nii.gz', '.npz'])
  const lines = await readManifestFiles(out)
  expect(lines.map(({ format, scope, instances, checksum }) => ({ format, scope, instances, checksum }))).toEqual(
    ['nii.gz', 'nii.gz', 'npz'].map((format) => expect.objectContaining({ format, scope: 'series', instances: 24 })),
  )
  expect(await run('verify', out)).toMatchObject({ exitCode: 0 })
  const written = await stat(join(out, String(lines[0]?.['path'])))
  expect(await run('export', '--out', out, '--resume')).toMatchObject({ exitCode: 0, files: 0 })
  expect((await stat(join(out, String(lines[0]?.['path'])))).mtimeMs).toBe(written.mtimeMs)
  expect(await run(...job, '--resume', '--values', 'stored')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('real-world'),
  })
})

test('a lost file is written again', async () => {
  const out = await makeFolder()
  expect(await run(...ct(), '--format', 'nii', '--out', out)).toMatchObject({ exitCode: 0 })
  const files = await readExport(out)
  const [lost = ''] = [...files.keys()].filter((path) => path.endsWith('.json'))
  await rm(join(out, lost))
  expect(await run('verify', out)).toMatchObject({ exitCode: 1 })
  expect(await run('export', '--out', out, '--resume')).toMatchObject({ exitCode: 0 })
  expect(isEqual(await readExport(out), files)).toBe(true)
})

test('a series with a missing slice and one without positions are named, and others are written', async () => {
  const out = await makeFolder()
  expect(await run('export', '--all', '--format', 'nii', '--out', out)).toMatchObject({ exitCode: 1 })
  expect(endings((await readExport(out)).keys())).toEqual(['.json', '.nii'])
  const errors = await readJsonLines(join(out, 'errors.ndjson'))
  expect(errors.map(({ code }) => String(code)).toSorted()).toEqual(['VOLUME_GAP', 'VOLUME_GEOMETRY_MISSING'])
  for (const { seriesInstanceUid, message } of errors) {
    expect(seriesInstanceUid).toMatch(/^[\d.]+$/)
    expect(message).toMatch(/instances? [\d.]+/)
  }
  const filled = await makeFolder()
  const again = ['export', '--all', '--modality', 'CT', '--format', 'nii', '--gaps', 'fill', '--out', filled]
  expect(await run(...again)).toMatchObject({ exitCode: 0 })
  expect(endings((await readExport(filled)).keys())).toEqual(['.json', '.json', '.nii', '.nii'])
  const warnings = await readJsonLines(join(filled, 'warnings.ndjson'))
  expect(warnings.map(({ code }) => code)).toEqual(['SLICES_FILLED'])
})

test('files of series go beside those of instances, in a layout of their own', async () => {
  const out = await makeFolder()
  const layouts = ['--layout', 'dicom/{SOPInstanceUID}', '--series-layout', 'volumes/{Modality}-{SeriesInstanceUID}']
  const job = [...ct(), '--format', 'dcm,nii', ...layouts, '--out', out]
  expect(await run(...job)).toMatchObject({ exitCode: 0, instances: { written: 24 }, files: 26 })
  const paths = [...(await readExport(out)).keys()]
  expect(paths.filter((path) => /^dicom\/[\d.]+\.dcm$/.test(path))).toHaveLength(24)
  expect(paths.filter((path) => /^volumes\/CT-[\d.]+\.(?:nii|json)$/.test(path))).toHaveLength(2)
  expect(await run('verify', out)).toMatchObject({ exitCode: 0 })
})

test('a report alone makes no file, and does not fail', async () => {
  const out = await makeFolder()
  const job = ['export', '--all', '--modality', 'SR', '--format', 'nii', '--out', out]
  expect(await run(...job)).toMatchObject({ exitCode: 0, files: 0 })
})

test('any number of threads makes the same files', async () => {
  const [one, three] = [await makeFolder(), await makeFolder()]
  for (const [out, threads] of [
    [one, '1'],
    [three, '3'],
  ] as const) {
    expect(await run(...ct(), '--format', 'nii.gz,npz,zarr', '--threads', threads, '--out', out)).toMatchObject({
      exitCode: 0,
    })
  }
  expect(isEqual(await readExport(three), await readExport(one))).toBe(true)
})

test('a plan says what volumes take', async () => {
  const out = await makeFolder()
  const [, ...selection] = ct()
  const plan = await run('plan', ...selection, '--format', 'nii')
  expect(await run(...ct(), '--format', 'nii', '--out', out)).toMatchObject({ exitCode: 0 })
  const sizes = (await readManifestFiles(out)).map(({ bytes }) => Number(bytes))
  const bytes = sizes.reduce((sum, size) => sum + size, 0)
  expect(plan).toMatchObject({ exitCode: 0, frames: 24, files: { nii: { files: 2, bytes, accuracy: 'exact' } } })
})

test('without zarrita, nothing is fetched and the message says what to install', async () => {
  const folder = await makeFolder()
  await cp(fileURLToPath(new URL('../dist', import.meta.url)), join(folder, 'dist'), { recursive: true })
  await cp(fileURLToPath(new URL('../package.json', import.meta.url)), join(folder, 'package.json'))
  const options = { module: join(folder, 'dist', 'bin.js'), cwd: folder }
  const job = ['export', ahi.studyInstanceUid, '--modality', 'CT', '--out', 'x', '--format', 'zarr']
  const { exitCode, stderr } = await ahi.run(job, options)
  expect(exitCode).toBe(7)
  expect(stderr).toContain('the package zarrita is missing; install it: npm install zarrita@0.7')

  // Installed in the working folder, and not beside the command.
  const work = await makeFolder()
  await mkdir(join(work, 'node_modules'))
  const zarrita = fileURLToPath(new URL('../../../node_modules/zarrita', import.meta.url))
  await symlink(zarrita, join(work, 'node_modules', 'zarrita'))
  expect(await ahi.run(job, { ...options, cwd: work })).toMatchObject({ exitCode: 0 })
  const manifest = await readManifestFiles(join(work, 'x'))
  expect(endings(manifest.map(({ path }) => String(path)))).toContain('.zarr/0/c/23/0/0')
})
