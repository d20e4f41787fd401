import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PNG } from 'pngjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeFolder, parseJsonLines } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'

const nowhere = '0'.repeat(32)
let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

async function filesOf(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

describe('thumbnails', () => {
  test('writes a small PNG of each instance with frames, and says how little it fetched', async () => {
    const out = join(await makeFolder(), 'new')
    const { exitCode, stdout, stderr } = await ahi.run(['thumbnails', '--all', '--size', '64', '--out', out])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const files = await filesOf(out)
    expect(stdout).toMatch(new RegExp(`^${files.length} thumbnails? written\n.* of .* of frames fetched \\(.* %\\)\n`))
    expect(stdout).toContain(`\nto ${out}\n`)
    for (const file of files) {
      expect(file).toMatch(/\/[\d.]+\/[\d.]+(-0001)?\.png$/)
      const { width, height } = PNG.sync.read(await readFile(file))
      expect(Math.max(width, height)).toBeLessThanOrEqual(64)
      expect((await stat(file)).mode & 0o077).toBe(0)
    }
  })

  test('prints files and counts as JSON, one of each series', async () => {
    const out = await makeFolder()
    const { stdout } = await ahi.run(['thumbnails', '--all', '--each', 'series', '--out', out, '--json'])
    const lines = parseJsonLines(stdout)
    const files = await filesOf(out)
    expect(
      lines
        .slice(0, -1)
        .map((line) => join(out, String(Reflect.get(Object(line), 'file'))))
        .toSorted(),
    ).toEqual(files.toSorted())
    expect(lines.at(-1)).toMatchObject({ kind: 'thumbnails', directory: out, files: files.length, errors: {} })
  })

  test('does not write into a folder with something in it, or without a folder', async () => {
    const out = await makeFolder()
    await mkdir(join(out, 'other'))
    await writeFile(join(out, 'other', 'manifest.ndjson'), '')
    const refused = await ahi.run(['thumbnails', '--all', '--out', out])
    expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
    expect(refused.stderr).toContain('is not empty')
    const file = join(out, 'other', 'manifest.ndjson')
    expect((await ahi.run(['thumbnails', '--all', '--out', file])).stderr).toContain('is not a folder')
    expect(await ahi.run(['thumbnails', '--all'])).toMatchObject({ exitCode: 2, stdout: '' })
  })

  test('names what fails, and goes on', async () => {
    const some = await ahi.run([
      'thumbnails',
      ahi.studyInstanceUid,
      nowhere,
      '--size',
      '64',
      '--out',
      await makeFolder(),
    ])
    expect(some.exitCode).toBe(1)
    expect(some.stderr).toContain(nowhere)
    expect(some.stdout).toMatch(/written/)
    expect((await ahi.run(['thumbnails', '1.2.3', '--out', await makeFolder()])).exitCode).toBe(3)
  })
})
