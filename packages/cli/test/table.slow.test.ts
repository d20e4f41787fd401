import { execFileSync } from 'node:child_process'
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startAlteringProxy } from './support/altering-proxy.ts'
import { makeFolder, parseJsonLines } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'
import { startCli } from './support/run-cli.ts'

const nowhere = '0'.repeat(32)
let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

describe('table', () => {
  test('shows a table, and fetches no frame', async () => {
    ahi.emulator.resetCounters()
    const { exitCode, stdout, stderr } = await ahi.run(['table', '--all', '--level', 'series'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    const [titles, ...lines] = stdout.trimEnd().split('\n')
    expect(titles).toMatch(/^imageSetId +StudyInstanceUID +.* +frameCount +differingColumns$/)
    expect(lines).toHaveLength(ahi.imageSets.length)
    expect(Object.keys(ahi.emulator.counters().requests)).not.toContain('GetImageFrame')
  })

  test.each(['csv', 'ndjson', 'parquet'])('writes a %s file that the user alone can read', async (format) => {
    const out = join(await makeFolder(), 'folder', `table.${format}`)
    const { exitCode, stdout, stderr } = await ahi.run(['table', '--all', '--out', out])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toBe(`${ahi.imported} rows written\nto ${out}\n`)
    expect((await stat(out)).mode & 0o077).toBe(0)
    const { stdout: piped } = await ahi.run(['table', '--all', '--out', '-', '--format', format])
    expect(piped).toBe(await readFile(out, 'utf8'))
    expect(await readdir(join(out, '..'))).toEqual([`table.${format}`])
  })

  test('prints rows and counts as JSON', async () => {
    const args = ['table', '--all', '--level', 'study', '--columns', 'StudyInstanceUID,Modality', '--json']
    const { stdout, stderr } = await ahi.run(args)
    const [row, counts] = parseJsonLines(stdout)
    expect(row).toMatchObject({ schemaVersion: 1, kind: 'row', values: { StudyInstanceUID: ahi.studyInstanceUid } })
    expect(counts).toMatchObject({ kind: 'table', level: 'study', rows: 1, differing: { Modality: 1 } })
    expect(stderr).toMatch(/Modality in 1 row; add the column differingColumns/)
    const named = await ahi.run([...args, '--columns', 'differingColumns'])
    expect(named.stderr).toBe('')
    expect(parseJsonLines(named.stdout)).toMatchObject([{ values: { differingColumns: ['Modality'] } }, {}])
  })

  test('names what cannot be read, and makes a table of the rest', async () => {
    const known = ahi.imageSets[0]?.imageSetId ?? ''
    const some = await ahi.run(['table', known, nowhere, '--out', '-', '--columns', 'imageSetId'])
    expect(some.exitCode).toBe(1)
    expect(some.stderr).toContain(nowhere)
    expect(new Set(some.stdout.trimEnd().split('\r\n'))).toEqual(new Set(['imageSetId', known]))
    expect(await ahi.run(['table', '1.2.3', '--out', '-', '--columns', 'Rows'])).toMatchObject({
      exitCode: 3,
      stdout: 'Rows\r\n',
    })
    const fault = { kind: 'error', code: 'InternalServerException' } as const
    ahi.emulator.faults.set({ rules: [{ operations: ['GetImageSetMetadata'], fault }] })
    try {
      expect(await ahi.run(['table', known], { env: { AWS_MAX_ATTEMPTS: '1' } })).toMatchObject({ exitCode: 5 })
    } finally {
      ahi.emulator.faults.clear()
    }
  })

  test.each([
    [[], 'Cannot continue without a selection'],
    [['--all', '--columns', 'Nope'], "'Nope' is not a keyword"],
    [['--all', '--columns', 'Rows,Rows'], 'it is listed twice'],
    [['--all', '--out', 'table.xls'], 'its ending is not a known format'],
    [['--all', '--out', '.'], 'its ending is not a known format'],
    [['--all', '--out', '.', '--format', 'csv'], 'it is not a regular file'],
    [['--all', '--out', '/dev/null', '--format', 'csv'], 'it is not a regular file'],
    [['--all', '--out', 's3://bucket/table.csv'], 'it is a URL'],
    [['--all', '--format', 'csv'], 'Cannot use --format without --out'],
    [['--all', '--for-spreadsheets'], 'Cannot use --for-spreadsheets without --out'],
    [['--all', '--out', 'table.parquet', '--for-spreadsheets'], 'it applies to CSV only'],
    [['--all', '--level', 'patient'], "argument 'patient' is invalid"],
  ])('refuses %j, before it asks AHI', async (args, why) => {
    ahi.emulator.resetCounters()
    const { exitCode, stdout, stderr } = await ahi.run(['table', ...args])
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toContain(why)
    expect(ahi.emulator.counters().requests).toEqual({})
  })

  test('keeps documents, so that another table requests none', async () => {
    const cache = join(await makeFolder(), 'cache')
    const first = await ahi.run(['table', '--all', '--cache', cache, '--out', '-'])
    ahi.emulator.resetCounters()
    expect(await ahi.run(['table', '--all', '--cache', cache, '--out', '-'])).toEqual(first)
    expect(ahi.emulator.counters().requests['GetImageSetMetadata']).toBeUndefined()
  })

  test('leaves the earlier file and nothing else after an interrupt', async () => {
    const folder = await makeFolder()
    const out = join(folder, 'table.csv')
    await writeFile(out, 'earlier')
    const held = Promise.withResolvers<void>()
    let documents = 0
    await using proxy = await startAlteringProxy(ahi.emulator.endpoint, async (answer, path) => {
      if (!path.includes('/getImageSetMetadata') || ++documents < 2) return answer
      held.resolve()
      return await new Promise(() => {})
    })
    const { child, result } = startCli(['table', '--all', '--out', out, '--endpoint-url', proxy.endpoint], {
      env: ahi.env,
    })
    await held.promise
    child.kill('SIGINT')
    expect(await result).toMatchObject({ exitCode: 130, stdout: '' })
    expect(await readdir(folder)).toEqual(['table.csv'])
    expect(await readFile(out, 'utf8')).toBe('earlier')
  })

  test.skipIf(!canMount())('leaves nothing on a full disk', async () => {
    const folder = await makeFolder()
    const script = 'mount -t tmpfs -o size=4k tmpfs "$0" && "$@"; code=$?; ls -A "$0"; exit $code'
    const wrapper = ['unshare', '-rm', 'sh', '-c', script, folder]
    const columns = 'datastoreId,imageSetId,StudyInstanceUID,SeriesInstanceUID,SOPInstanceUID,SOPClassUID'
    const args = ['table', '--all', '--columns', columns]
    const { exitCode, stdout, stderr } = await ahi.run([...args, '--out', join(folder, 'table.csv')], { wrapper })
    expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: '' })
    expect(stderr).toContain('no space is left')
  })

  test('ends when nobody reads it any more', async () => {
    const wrapper = ['sh', '-c', '"$0" "$@" | head -n 1']
    const { exitCode, stdout, stderr } = await ahi.run(['table', '--all', '--columns', 'Modality'], { wrapper })
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: 'Modality\n', stderr: '' })
  })
})

/** Always true in CI, so that the test fails instead of being skipped. */
function canMount(): boolean {
  if (process.env['CI'] !== undefined) return true
  try {
    execFileSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' })
    return true
  } catch {
    console.warn('skipped: a full disk needs unshare and a mount of tmpfs')
    return false
  }
}
