import { readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAlteringProxy } from './support/altering-proxy.ts'
import { makeFolder, parseJsonLines, readExport, readJsonLines } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'
import { startCli } from './support/run-cli.ts'

let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

const stored = ['--transfer-syntax', 'stored']

/** Exports everything with options. Returns exit code and output. */
async function exportAll(out: string, ...options: readonly string[]): Promise<Record<string, unknown>> {
  const { stdout, exitCode } = await ahi.run(['export', '--all', '--out', out, '--json', ...options])
  return { exitCode, ...parseJsonLines(stdout)[0] }
}

describe('--resume', () => {
  test.each<[string, readonly string[], readonly string[]]>([
    ['headers, then all', ['--header-only'], []],
    ['another layout', ['--layout', '{Modality}/{SOPInstanceUID}'], []],
    ['another quality', ['--format', 'jpg'], ['--format', 'jpg', '--quality', '50']],
    ['another size', ['--format', 'webp'], ['--format', 'webp', '--size', '64']],
    ['animations', ['--format', 'webp'], ['--format', 'webp', '--cine']],
    ['another window', ['--format', 'png'], ['--format', 'png', '--window', '40,400']],
  ])('refuses other options: %s', async (_, before, after) => {
    const out = await makeFolder()
    await exportAll(out, ...before)
    const files = await readExport(out)
    expect(await exportAll(out, '--resume', ...after)).toMatchObject({ exitCode: 2 })
    expect(await readExport(out)).toEqual(files)
    const again = await exportAll(out, '--resume', ...before)
    expect(again).toMatchObject({ exitCode: 0, outcome: 'complete', files: 0, record: { files: files.size } })
  })

  test('does not keep frames that were damaged when they were not verified', async () => {
    const [out, whole] = [await makeFolder(), await makeFolder()]
    ahi.emulator.faults.set({
      rules: [{ operations: ['GetImageFrame'], times: 2, fault: { kind: 'corrupt', bytes: 3 } }],
    })
    const unchecked = await exportAll(out, ...stored, '--no-verify')
    ahi.emulator.faults.clear()
    expect(unchecked).toMatchObject({ exitCode: 0, uncheckedInstances: expect.any(Number) })
    await exportAll(whole, ...stored)
    expect(await readExport(out)).not.toEqual(await readExport(whole))
    expect(await exportAll(out, ...stored, '--resume')).toMatchObject({ exitCode: 0, uncheckedInstances: 0 })
    expect(await readExport(out)).toEqual(await readExport(whole))
  })
})

describe('--overwrite', () => {
  test('leaves no file of another layout', async () => {
    const out = await makeFolder()
    await exportAll(out, '--layout', 'old/{SOPInstanceUID}')
    expect(await exportAll(out, '--overwrite')).toMatchObject({ exitCode: 0 })
    expect([...(await readExport(out)).keys()].filter((path) => path.startsWith('old'))).toEqual([])
    expect(await ahi.run(['verify', out])).toMatchObject({ exitCode: 0 })
  })
})

describe('verify', () => {
  test('calls an export with failures incomplete, and names them', async () => {
    const out = await makeFolder()
    await using proxy = await startAlteringProxy(ahi.emulator.endpoint, (answer, path) =>
      path.endsWith('/getImageFrame') ? { ...answer, status: 404, body: Buffer.from('{}') } : answer,
    )
    expect(await exportAll(out, '--endpoint-url', proxy.endpoint)).toMatchObject({ exitCode: 1 })
    const { exitCode, stdout } = await ahi.run(['verify', out])
    expect(exitCode).toBe(1)
    const errors = await readJsonLines(join(out, 'errors.ndjson'))
    for (const { sopInstanceUid } of errors) expect(stdout).toContain(`instance ${String(sopInstanceUid)} was not`)
    expect(stdout).toMatch(/^incomplete: summary\.json: the last run ended as "failed", \d+ instances? failed$/m)
    expect(stdout).toContain('the export is incomplete or its last run is unknown')
    expect(stdout).not.toContain('all good')
  })

  test('calls nothing good that was stopped, or that holds nothing', async () => {
    const [stopped, empty] = [await makeFolder(), await makeFolder()]
    await exportAll(stopped)
    await rm(join(stopped, 'summary.json'))
    const { exitCode, stdout } = await ahi.run(['verify', stopped])
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('incomplete: summary.json: it is not there')])
    await ahi.run(['export', '1.2.3', '--out', empty])
    expect(await ahi.run(['verify', empty])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('the last run ended as "nothing-selected"'),
    })
  })

  test('believes no summary and no record that was changed', async () => {
    const out = await makeFolder()
    await exportAll(out)
    const summary = join(out, 'summary.json')
    const text = await readFile(summary, 'utf8')
    const manifest = join(out, 'manifest.ndjson')
    const lines = await readFile(manifest, 'utf8')
    for (const changed of [text.replace('"failed": 0', '"failed": 1'), text.slice(0, 50), '', '{}']) {
      await writeFile(summary, changed)
      expect(await ahi.run(['verify', out])).toMatchObject({
        exitCode: 1,
        stdout: expect.stringContaining('summary.json'),
      })
    }
    await writeFile(summary, text)
    const [first = ''] = lines.split('\n')
    const path = String(parseJsonLines(first)[0]?.['path'])
    await writeFile(manifest, lines.slice(first.length + 1))
    await rm(join(out, path))
    expect(await ahi.run(['verify', out])).toMatchObject({
      exitCode: 1,
      stdout: expect.stringContaining('record: manifest.ndjson: it does not match summary.json'),
    })
    await truncate(manifest, 0)
    expect(await ahi.run(['verify', out])).toMatchObject({ exitCode: 1 })
  })
})

/** Starts an export, removes something once files are written, and returns how the export ended. */
async function exportWhileRemoving(out: string, remove: (path: string) => Promise<void>): Promise<number | null> {
  const reached = Promise.withResolvers<void>()
  const go = Promise.withResolvers<void>()
  let frames = 0
  await using proxy = await startAlteringProxy(ahi.emulator.endpoint, async (answer, path) => {
    if (!path.endsWith('/getImageFrame') || (frames += 1) < 12) return answer
    reached.resolve()
    await go.promise
    return answer
  })
  const command = ['export', '--all', '--out', out, '--concurrency', '2', '--threads', '1', '--no-progress']
  const { result } = startCli([...command, '--endpoint-url', proxy.endpoint], { env: ahi.env })
  await reached.promise
  let manifest: Record<string, unknown>[] = []
  while (manifest.length === 0) manifest = await readJsonLines(join(out, 'manifest.ndjson'))
  await remove(String(manifest[0]?.['path']))
  go.resolve()
  return (await result).exitCode
}

describe('a folder that loses something while an export writes into it', () => {
  test('does not end as complete: a file', async () => {
    const out = await makeFolder()
    expect(await exportWhileRemoving(out, (path) => rm(join(out, path)))).toBe(1)
    expect(await readJsonLines(join(out, 'errors.ndjson'))).toMatchObject([{ code: 'OUTPUT_FILE_LOST' }])
    expect(await ahi.run(['verify', out])).toMatchObject({ exitCode: 1 })
    expect(await exportAll(out, '--resume')).toMatchObject({ exitCode: 0 })
    expect(await ahi.run(['verify', out])).toMatchObject({ exitCode: 0 })
  })

  test('does not end as complete: all of it', async () => {
    const out = join(await makeFolder(), 'all')
    expect(await exportWhileRemoving(out, () => rename(out, `${out}-gone`))).toBe(7)
  })

  test('does not end as complete: a study', async () => {
    const out = await makeFolder()
    const code = await exportWhileRemoving(out, (path) => rename(join(out, path.split('/')[0] ?? ''), `${out}-gone`))
    expect([1, 7]).toContain(code)
    expect(await exportAll(out, '--resume')).toMatchObject({ exitCode: 0 })
    expect(await ahi.run(['verify', out])).toMatchObject({ exitCode: 0 })
  })
})
