import { createHash } from 'node:crypto'
import { cp, mkdir, readFile, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeFolder, parseJsonLines, readExport, readManifestFiles } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'

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

async function formatsOf(out: string): Promise<unknown> {
  return JSON.parse(await readFile(join(out, 'export.json'), 'utf8')).files.formats
}

/** Returns digests of the files of an export, by path. */
async function digestsOf(out: string): Promise<Map<string, string>> {
  const files = await readExport(out)
  return new Map(Array.from(files, ([path, file]) => [path, createHash('sha256').update(file).digest('hex')]))
}

/** Returns the files of multi-frame instances, by format. */
async function multiFrames(out: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const { format, frames, scope } of await readManifestFiles(out)) {
    if (scope === undefined && Number(frames) > 1) counts[String(format)] = (counts[String(format)] ?? 0) + 1
  }
  return counts
}

test('pictures are the same in any number of threads, and animations are one file of an instance or a series', async () => {
  const [one, three] = [await makeFolder(), await makeFolder()]
  const job = ['export', '--all', '--format', 'png,jpg,webp,gif', '--size', '64', '--quality', '70', '--cine']
  expect(await run(...job, '--out', one, '--threads', '1')).toMatchObject({ exitCode: 0, outcome: 'complete' })
  expect(await run(...job, '--out', three, '--threads', '3')).toMatchObject({ exitCode: 0, outcome: 'complete' })
  expect(await digestsOf(three)).toEqual(await digestsOf(one))
  const { png, jpg, webp, gif } = await multiFrames(one)
  expect({ webp, gif }).toEqual({ webp: 1, gif: 1 })
  expect(png).toBeGreaterThan(1)
  expect(jpg).toBe(png)
  expect(await formatsOf(one)).toEqual([
    { name: 'png', frames: 'all', settings: { size: 64 } },
    { name: 'jpg', frames: 'all', settings: { size: 64, quality: 70 } },
    { name: 'webp', settings: { size: 64, quality: 70, cine: 'series' } },
    { name: 'gif', settings: { size: 64, cine: 'series' } },
    { name: 'webp', scope: 'series', settings: { size: 64, quality: 70, cine: 'series' } },
    { name: 'gif', scope: 'series', settings: { size: 64, cine: 'series' } },
  ])
  expect(await run('verify', one)).toMatchObject({ exitCode: 0 })
})

test('a resumed export and a sync go on with the pictures that export.json tells', async () => {
  const out = await makeFolder()
  const job = ['export', '--all', '--format', 'jpg,webp', '--quality', '60', '--cine', '--frame', '1']
  expect(await run(...job, '--out', out)).toMatchObject({ exitCode: 0 })
  const [files, formats] = [await digestsOf(out), await formatsOf(out)]
  const lost = [...files.keys()].find((path) => path.endsWith('.webp')) ?? ''
  await rm(join(out, lost))
  expect(await run('export', '--out', out, '--resume')).toMatchObject({ exitCode: 0, files: expect.any(Number) })
  expect(await run('sync', '--out', out)).toMatchObject({ exitCode: 0 })
  expect(await formatsOf(out)).toEqual(formats)
  expect(await digestsOf(out)).toEqual(files)
})

test('another quality writes the files again, and animations leave no other pictures behind', async () => {
  const [out, wanted] = [await makeFolder(), await makeFolder()]
  const webp = ['export', '--all', '--format', 'webp', '--out']
  expect(await run(...webp, out, '--quality', '30')).toMatchObject({ exitCode: 0 })
  // Without export.json, the manifest alone decides which files are kept.
  await rm(join(out, 'export.json'))
  expect(await run(...webp, out, '--quality', '80', '--resume')).toMatchObject({ exitCode: 0, outcome: 'complete' })
  expect(await run(...webp, wanted, '--quality', '80')).toMatchObject({ exitCode: 0 })
  expect(await digestsOf(out)).toEqual(await digestsOf(wanted))

  const animated = await makeFolder()
  expect(await run(...webp, animated, '--cine')).toMatchObject({ exitCode: 0 })
  expect(await run(...webp, out, '--cine', '--overwrite')).toMatchObject({ exitCode: 0 })
  expect(await digestsOf(out)).toEqual(await digestsOf(animated))
})

test('without sharp, nothing is fetched and the message says what to install; PNGs need none', async () => {
  const folder = await makeFolder()
  const dist = fileURLToPath(new URL('../dist', import.meta.url))
  await cp(dist, join(folder, 'dist'), { recursive: true })
  await cp(fileURLToPath(new URL('../package.json', import.meta.url)), join(folder, 'package.json'))
  const options = { module: join(folder, 'dist', 'bin.js'), cwd: folder }
  for (const args of [
    ['--format', 'jpg'],
    ['--format', 'png', '--size', '64'],
  ]) {
    const { exitCode, stderr } = await ahi.run(['export', '--all', '--out', 'x', ...args], options)
    expect(exitCode).toBe(7)
    expect(stderr).toContain('the package sharp is missing; install it: npm install sharp')
    expect(stderr).not.toContain('    at ')
  }
  expect(await ahi.run(['export', '--all', '--out', 'pngs', '--format', 'png'], options)).toMatchObject({ exitCode: 0 })

  // Installed in the working folder, and not beside the command.
  const work = await makeFolder()
  const sharp = dirname(dirname(createRequire(import.meta.url).resolve('sharp')))
  await mkdir(join(work, 'node_modules'))
  await symlink(sharp, join(work, 'node_modules', 'sharp'))
  const found = await ahi.run(['export', '--all', '--out', 'x', '--format', 'jpg'], { ...options, cwd: work })
  expect(found).toMatchObject({ exitCode: 0 })
})
