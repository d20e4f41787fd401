import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseRate } from '../src/options/plan-options.ts'
import { makeFolder, parseJsonLines } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'

const nowhere = '0'.repeat(32)
let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

describe('plan', () => {
  test('says in a table what an export takes, and writes nothing', async () => {
    const out = join(await makeFolder(), 'none')
    const { exitCode, stdout, stderr } = await ahi.run(['plan', '--all', '--out', out, '--rate', '1M'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    for (const line of [
      `image sets +${ahi.imageSets.length} \\(tier: frequent access ${ahi.imageSets.length}\\)`,
      'studies +1',
      `series +${ahi.imageSets.length}`,
      `instances +${ahi.imported}`,
      'frames +\\d+',
      'to fetch +\\d.* MB',
      'to write +\\d.* MB',
      `  dcm +${ahi.imported} files, \\d.* MB`,
      'disk +\\d.* MB needed, .* free: it fits',
      "time at AHI's quotas +\\d.* s or more",
      'time at 1.00 MB/s +\\d.* s, by the rate',
      'cost +USD \\d.*, without data transfer out of AWS \\(us-east-1, prices of 2026-10-07: https://.*\\)',
      'Operation +Requests +At quota',
      `GetImageSetMetadata +${ahi.imageSets.length} +0.0 s`,
      'nothing was written',
    ]) {
      expect(stdout).toMatch(new RegExp(`^${line}$`, 'm'))
    }
    await expect(stat(out)).rejects.toThrow('ENOENT')
  })

  test('says the same as export --dry-run', async () => {
    const args = ['--all', '--format', 'dcm,png', '--frame', '1', '--transfer-syntax', 'stored', '--json']
    const [planned, dry] = await Promise.all([ahi.run(['plan', ...args]), ahi.run(['export', ...args, '--dry-run'])])
    expect(planned).toMatchObject({ exitCode: 0, stderr: '' })
    expect(dry).toEqual(planned)
  })

  test('agrees with the export: bytes, files, requests', async () => {
    const [plan] = parseJsonLines((await ahi.run(['plan', '--all', '--json'])).stdout)
    const done = await ahi.run(['export', '--all', '--json', '--out', await makeFolder()])
    const [summary] = parseJsonLines(done.stdout)
    expect(plan).toMatchObject({
      schemaVersion: 1,
      kind: 'plan',
      datastoreId: ahi.emulator.datastoreId,
      imageSets: summary?.['imageSets'],
      instances: ahi.imported,
      frames: summary?.['frames'],
      bytesToFetch: { bytes: summary?.['bytesFetched'], accuracy: 'exact' },
      bytesToWrite: { bytes: summary?.['bytesWritten'], accuracy: 'exact' },
      files: { dcm: { files: summary?.['files'] } },
      errors: {},
      cost: { currency: 'USD', date: '2026-10-07', withoutPrice: ['transferOut'] },
    })
  })

  test('lists image sets one a line, the totals last', async () => {
    const json = parseJsonLines((await ahi.run(['plan', '--all', '--json', '--image-sets'])).stdout)
    const ids = json.flatMap(({ kind, imageSetId }) => (kind === 'image-set' ? [imageSetId] : []))
    expect(new Set(ids)).toEqual(new Set(ahi.imageSets.map(({ imageSetId }) => imageSetId)))
    expect(ids).toHaveLength(ahi.imageSets.length)
    expect(json.map(({ schemaVersion }) => schemaVersion)).toEqual(json.map(() => 1))
    expect(json.map(({ kind }) => kind).indexOf('plan')).toBe(json.length - 1)
    const { stdout } = await ahi.run(['plan', '--all', '--image-sets'])
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^ImageSetId +Version +Instances +Frames +Fetch +Write +SeriesInstanceUID$/)
    for (const id of ids)
      expect(lines.slice(1, ids.length + 1).some((line) => line.startsWith(`${String(id)} `))).toBe(true)
    expect(lines[ids.length + 1]).toMatch(/^image sets /)
  })

  test('keeps documents, so that the export requests none', async () => {
    const cache = join(await makeFolder(), 'cache')
    const planned = await ahi.run(['plan', '--all', '--json', '--cache', cache])
    const [plan] = parseJsonLines(planned.stdout)
    expect(await readdir(cache)).toHaveLength(ahi.imageSets.length)
    for (const name of await readdir(cache)) {
      expect((await stat(join(cache, name))).mode & 0o077).toBe(0)
      expect(name).not.toMatch(/\^|Doe/)
    }
    ahi.emulator.resetCounters()
    const { exitCode } = await ahi.run(['export', '--all', '--cache', cache, '--out', await makeFolder()])
    expect(exitCode).toBe(0)
    const { requests } = ahi.emulator.counters()
    expect(requests['GetImageSetMetadata']).toBeUndefined()
    expect(plan?.['requests']).toEqual(
      Object.fromEntries(Object.entries(requests).map(([operation, statuses]) => [operation, statuses['200']])),
    )
  })

  test('goes on without a cache that cannot be written, and says so once', async () => {
    const cache = join(await makeFolder(), 'file')
    await writeFile(cache, '')
    const { exitCode, stderr } = await ahi.run(['plan', '--all', '--cache', cache])
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/^ahi-dicom: cannot use --cache: Cannot keep the document in [^\n]*\n$/)
  })

  test('measures the rate by a part of the export', async () => {
    ahi.emulator.resetCounters()
    const { exitCode, stdout, stderr } = await ahi.run(['plan', '--all', '--measure'])
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' })
    expect(stdout).toMatch(/^time at \d.*B\/s +\d.*\(measured\)$/m)
    expect(ahi.emulator.counters().requests['GetImageFrame']?.['200']).toBeGreaterThan(0)
    const none = await ahi.run(['plan', '--all', '--measure', '--header-only'])
    expect(none.stderr).toBe('ahi-dicom: cannot measure the rate: the selection has no frames to fetch\n')
    expect(none).toMatchObject({ exitCode: 0 })
  })

  test('takes other prices', async () => {
    const path = join(await makeFolder(), 'prices.json')
    const prices = { source: 'our contract', date: '2026-11-01', currency: 'EUR', perThousandRequests: 1000 }
    await writeFile(path, JSON.stringify({ ...prices, perGibTransferredOut: 0, perGibRetrieved: 0 }))
    const { stdout } = await ahi.run(['plan', '--all', '--prices', path])
    const [plan] = parseJsonLines((await ahi.run(['plan', '--all', '--json'])).stdout)
    const requests = Object.values(Object(plan?.['requests'])).reduce<number>((sum, count) => sum + Number(count), 0)
    expect(stdout).toMatch(new RegExp(`^cost +EUR ${requests}.00 \\(prices of 2026-11-01: our contract\\)$`, 'm'))
  })

  test('refuses prices that are none, before it asks AHI', async () => {
    const path = join(await makeFolder(), 'prices.json')
    const missing = await ahi.run(['plan', '--all', '--prices', path])
    expect(missing).toMatchObject({ exitCode: 2, stdout: '' })
    expect(missing.stderr).toContain(path)
    await writeFile(path, '{"source":"s","date":"2026-11-01","currency":"USD","perThousandRequests":-1}')
    const wrong = await ahi.run(['plan', '--all', '--prices', path])
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' })
    expect(wrong.stderr).toContain(`${path}: Cannot use the prices: 'perThousandRequests'`)
  })

  test('names what cannot be read, and plans the rest', async () => {
    const known = ahi.imageSets[0]?.imageSetId ?? ''
    const some = await ahi.run(['plan', known, nowhere, '--json'])
    expect(some.exitCode).toBe(1)
    expect(some.stderr).toContain(nowhere)
    expect(parseJsonLines(some.stdout)).toMatchObject([
      { imageSets: { selected: 1, failed: 0 }, errors: { NOTHING_SELECTED: 1 }, retryableOnly: false },
    ])
    expect(await ahi.run(['plan', '1.2.3'])).toMatchObject({ exitCode: 3, stdout: '' })
    const fault = { kind: 'error', code: 'InternalServerException' } as const
    ahi.emulator.faults.set({ rules: [{ operations: ['GetImageSetMetadata'], fault }] })
    try {
      const retryable = await ahi.run(['plan', known], { env: { AWS_MAX_ATTEMPTS: '1' } })
      expect(retryable).toMatchObject({ exitCode: 5, stdout: '' })
    } finally {
      ahi.emulator.faults.clear()
    }
  })

  test('compares with the folder of the export, which may not exist yet', async () => {
    const parent = await makeFolder()
    await mkdir(join(parent, 'there'))
    for (const out of [join(parent, 'there'), join(parent, 'not/there')]) {
      const [plan] = parseJsonLines((await ahi.run(['plan', '--all', '--json', '--out', out])).stdout)
      expect(plan).toMatchObject({ disk: { fits: true, free: { blockByteLength: 4096 } } })
    }
    await writeFile(join(parent, 'file'), '')
    const failed = await ahi.run(['plan', '--all', '--out', join(parent, 'file/below')])
    expect(failed).toMatchObject({ exitCode: 2, stdout: '' })
  })
})

test.each([
  ['500M', { bytesPerSecond: 500e6 }],
  ['1.5GB/s', { bytesPerSecond: 1.5e9 }],
  ['64k', { bytesPerSecond: 64e3 }],
  ['1000', { bytesPerSecond: 1000 }],
  ['200f', { framesPerSecond: 200 }],
  ['12.5frames/s', { framesPerSecond: 12.5 }],
])('--rate %s', (text, rate) => {
  expect(parseRate(text)).toEqual(rate)
})

test.each(['', '0', '-1M', '5X', '1e9', '200 frames'])('refuses --rate %j', (text) => {
  expect(() => parseRate(text)).toThrow('Cannot use the rate')
})

test('the documents name the prices that are built in', async () => {
  const page = await readFile(new URL('../../../docs/plan.md', import.meta.url), 'utf8')
  expect(page).toContain('2026-10-07')
  expect(page).toContain('https://aws.amazon.com/healthimaging/pricing/')
})
