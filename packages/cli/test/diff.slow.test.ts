import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { generateStudy } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseJsonLines } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'
import { runCli, type CliResult } from './support/run-cli.ts'

let ahi: LocalAhi
let folder: string
let originals: string
let exported: string

beforeAll(async () => {
  ahi = await startLocalAhi()
  folder = mkdtempSync(join(tmpdir(), 'diff-'))
  originals = join(folder, 'Doe^Jane')
  exported = join(folder, 'export')
  mkdirSync(originals)
  for (const { name, data } of generateStudy()) {
    const path = join(originals, name)
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, data)
  }
  await ahi.run(['export', '--all', '--out', exported])
})

afterAll(async () => {
  await ahi[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true, force: true })
})

describe('diff', () => {
  test('finds no difference between originals and their export', async () => {
    const { exitCode, stdout, stderr } = await diff(originals, exported)
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: `${ahi.imported} instances equal; no differences\n`,
      stderr: '',
    })
  })

  test('finds none between an export as explicit and one as stored', async () => {
    const stored = join(folder, 'stored')
    await ahi.run(['export', '--all', '--transfer-syntax', 'stored', '--out', stored])
    const { exitCode, stdout } = await diff(exported, stored)
    expect({ exitCode, stdout }).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('no differences') })
  })

  test('shows a changed attribute, without its value unless it is asked for', async () => {
    const { path, damaged } = damage((bytes) => replaced(bytes, 'PN', 6, 'X'))
    const found = await diff(originals, damaged)
    expect(found.exitCode).toBe(1)
    expect(found.stdout).toMatch(
      /^different: [\d.]+: .*\n +Difference +Tag +VR +Attribute +Detail\n +value +00100010 +PN +PatientName\n/,
    )
    expect(found.stdout).toContain('; 1 different; ')
    const name = valueOf(readFileSync(join(originals, path)), 'PN')
    expect(found.stdout).not.toContain(name)
    expect((await diff(originals, damaged, '--show-values')).stdout).toContain(name)
    const [line, summary] = parseJsonLines((await diff(originals, damaged, '--json')).stdout)
    expect(line).toMatchObject({ kind: 'difference', attribute: 'PatientName', tag: '00100010', difference: 'value' })
    expect(JSON.stringify(line)).not.toContain(name)
    expect(summary).toMatchObject({ kind: 'summary', schemaVersion: 1, different: 1, isEqual: false })
  })

  test('shows what AHI normalises as differences if it is strict', async () => {
    const { damaged: otherVr } = damage((bytes) => replaced(bytes, 'PN', -4, 'LO'))
    const { exitCode, stdout } = await diff(otherVr, exported)
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/; normalised by AHI: public-vr 1; no differences\n$/)
    const strict = await diff(otherVr, exported, '--strict', '--json')
    expect(strict.exitCode).toBe(1)
    expect(parseJsonLines(strict.stdout)[0]).toMatchObject({ kind: 'difference', normalisation: 'public-vr' })
  })

  test('names missing, extra and damaged files, by paths that name no patient', async () => {
    const { path, damaged } = damage((bytes) => bytes.subarray(0, -20))
    writeFileSync(join(damaged, 'Doe.txt'), 'text')
    const found = await diff(damaged, exported)
    expect(found.exitCode).toBe(1)
    expect(found.stdout).toContain('unreadable: in the first folder')
    expect(found.stderr).toContain('left out: in the first folder *: it is not DICOM\n')
    expect((await diff(damaged, exported, '--show-paths')).stderr).toContain('Doe.txt')
    rmSync(join(damaged, path))
    expect((await diff(damaged, exported)).stdout).toMatch(/^extra: [\d.]+: /)
    expect((await diff(exported, damaged)).stdout).toMatch(/^missing: [\d.]+: /)
  })

  test('compares nothing where a folder has no instance, and refuses what is no folder', async () => {
    const empty = join(folder, 'empty')
    mkdirSync(empty, { recursive: true })
    const nothing = await diff(originals, empty)
    expect(nothing.exitCode).toBe(3)
    expect(nothing.stdout).toContain('nothing to compare: the second folder has no DICOM instance\n')
    const { exitCode, stderr } = await diff(originals, join(folder, 'nowhere'))
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('it is not a folder') })
  })

  test('shows how far it is', async () => {
    const { stderr } = await runCli(['diff', originals, exported])
    expect(stderr).not.toContain('frames')
  })
})

async function diff(a: string, b: string, ...options: readonly string[]): Promise<CliResult> {
  return await runCli(['diff', a, b, '--no-progress', ...options])
}

/** Copies the originals, and changes the first file with a patient's name. */
function damage(change: (bytes: Buffer) => Uint8Array): { readonly path: string; readonly damaged: string } {
  const damaged = mkdtempSync(join(folder, 'damaged-'))
  const names = readdirSync(originals, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
  const paths = names.map((entry) => join(entry.parentPath, entry.name).slice(originals.length + 1)).sort()
  for (const [index, path] of paths.entries()) {
    const bytes = readFileSync(join(originals, path))
    mkdirSync(join(damaged, path, '..'), { recursive: true })
    writeFileSync(join(damaged, path), index === 0 ? change(bytes) : bytes)
  }
  return { path: paths[0] ?? '', damaged }
}

/** Overwrites bytes near an element (0010,0010). `at` is the offset from its value. */
function replaced(bytes: Buffer, vr: string, at: number, text: string): Buffer {
  const copy = Buffer.from(bytes)
  copy.write(text, copy.indexOf(Buffer.from(`\x10\0\x10\0${vr}`, 'latin1')) + 8 + at, 'latin1')
  return copy
}

function valueOf(bytes: Buffer, vr: string): string {
  const offset = bytes.indexOf(Buffer.from(`\x10\0\x10\0${vr}`, 'latin1')) + 6
  return bytes.toString('utf8', offset + 2, offset + 2 + bytes.readUInt16LE(offset)).trim()
}
