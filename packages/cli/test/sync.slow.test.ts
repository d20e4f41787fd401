import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeFolder, parseJsonLines, readExport, readJsonLines } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'
import { startCli } from './support/run-cli.ts'

let ahi: LocalAhi

beforeAll(async () => {
  ahi = await startLocalAhi()
})
afterAll(() => ahi[Symbol.asyncDispose]())

/** Returns the number of requests by operation since the counters were reset. */
function requests(): readonly string[] {
  return Object.keys(ahi.emulator.counters().requests)
}

describe('sync', () => {
  test('brings a folder up to date by what export.json records', async () => {
    const out = await makeFolder()
    const files = ['--format', 'dcm,png', '--frame', '1', '--png-bits', '16', '--layout', '{Modality}/{SOPInstanceUID}']
    expect(await ahi.run(['export', '--all', '--out', out, ...files])).toMatchObject({ exitCode: 0 })
    const before = await readExport(out)
    ahi.emulator.resetCounters()
    const { exitCode, stdout } = await ahi.run(['sync', '--out', out], { env: { AHI_DATASTORE_ID: '' } })
    expect(exitCode).toBe(0)
    expect(stdout).toContain(`0 new, 0 updated, ${ahi.imageSets.length} unchanged, 0 gone, 0 deleted`)
    expect(requests()).toEqual(['SearchImageSets'])
    expect(await readExport(out)).toEqual(before)
  })

  test('makes an export where there is none, and tells image sets as JSON', async () => {
    const out = await makeFolder()
    const { exitCode, stdout } = await ahi.run(['sync', '--all', '--out', out, '--header-only', '--json'])
    expect(exitCode).toBe(0)
    const lines = parseJsonLines(stdout)
    const told = lines.slice(0, -1).map(({ imageSetId, change }) => `${String(change)} ${String(imageSetId)}`)
    expect(new Set(told)).toEqual(new Set(ahi.imageSets.map(({ imageSetId }) => `new ${imageSetId}`)))
    expect(lines.at(-1)).toMatchObject({ outcome: 'complete', sync: { imageSets: { new: ahi.imageSets.length } } })
    const again = await ahi.run(['export', '--resume', '--out', out, '--json'])
    expect(JSON.parse(again.stdout)).toMatchObject({ outcome: 'complete', instances: { written: 0 } })
  })

  test('with other options than recorded is refused, and names them', async () => {
    const out = await makeFolder()
    await ahi.run(['export', '--all', '--header-only', '--out', out])
    const before = await readExport(out)
    for (const command of [
      ['sync', '--out', out, '--transfer-syntax', 'stored'],
      ['sync', '--all', '--out', out],
      ['export', '--all', '--resume', '--out', out, '--format', 'dcm'],
      ['export', '--all', '--resume', '--out', out],
    ]) {
      const { exitCode, stderr } = await ahi.run(command)
      expect(exitCode).toBe(2)
      expect(stderr).toMatch(/headerOnly: recorded true, asked false.*--overwrite/)
    }
    expect(await readExport(out)).toEqual(before)
  })

  test('needs selectors where the folder does not tell them', async () => {
    const { exitCode, stderr } = await ahi.run(['sync', '--out', await makeFolder()])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('--all')
  })

  test('tells logs in JSON of image sets by members, not in words alone', async () => {
    const out = join(await makeFolder(), 'none')
    const { stderr } = await ahi.run(['sync', '--all', '--dry-run', '--out', out, '--log-format', 'json'])
    const told = parseJsonLines(stderr)
      .filter(({ event }) => event === 'image-set')
      .map(({ change, imageSetId, versionId }) => ({ change, imageSetId, versionId }))
    const all = ahi.imageSets.map(({ imageSetId }) => ({ change: 'new', imageSetId, versionId: '1' }))
    expect(new Set(told)).toEqual(new Set(all))
  })

  test('that is dry names what is new and writes nothing', async () => {
    const out = join(await makeFolder(), 'none')
    const { exitCode, stderr } = await ahi.run(['sync', '--all', '--dry-run', '--out', out])
    expect(exitCode).toBe(0)
    for (const { imageSetId } of ahi.imageSets) expect(stderr).toContain(`new: image set ${imageSetId}, version 1`)
    expect(stderr).toContain('nothing was written or removed')
    await expect(readExport(out)).rejects.toThrow('ENOENT')
  })
})

test.each(['SIGINT', 'SIGTERM'] as const)(
  'the first %s finishes what is under way, and the rest can be resumed',
  async (signal) => {
    const out = await makeFolder()
    ahi.emulator.faults.set({ rules: [{ operations: ['GetImageFrame'], fault: { kind: 'latency', ms: 400 } }] })
    const args = ['export', '--all', '--out', out, '--concurrency', '1', '--threads', '1', '--no-progress']
    const { child, result } = startCli(args, { env: ahi.env })
    await expect
      .poll(
        () =>
          readExport(out).then(
            ({ size }) => size,
            () => 0,
          ),
        { timeout: 20_000 },
      )
      .toBeGreaterThan(0)
    child.kill(signal)
    const { exitCode, stderr, stdout } = await result
    ahi.emulator.faults.clear()
    expect(exitCode).toBe(130)
    expect(stderr).toMatch(/finishing \d+ instances?, for 30 s at most; interrupt again to stop at once/)
    expect(stdout).toContain('--resume')
    await expect(readJsonLines(join(out, 'errors.ndjson'))).rejects.toThrow('ENOENT')
    const { size } = await readExport(out)
    const resumed = await ahi.run(['export', '--resume', '--out', out, '--json'])
    expect(JSON.parse(resumed.stdout)).toMatchObject({ outcome: 'complete', instances: { skipped: size } })
  },
)

test('the second interrupt stops at once, and the rest can be resumed', async () => {
  const out = await makeFolder()
  ahi.emulator.resetCounters()
  ahi.emulator.faults.set({ rules: [{ operations: ['GetImageFrame'], fault: { kind: 'latency', ms: 20_000 } }] })
  const { child, result, saw } = startCli(['export', '--all', '--out', out, '--no-progress'], { env: ahi.env })
  await expect.poll(() => ahi.emulator.counters().faults['latency'] ?? 0, { timeout: 20_000 }).toBeGreaterThan(0)
  child.kill('SIGINT')
  await saw('finishing')
  await new Promise((resolve) => setTimeout(resolve, 300))
  child.kill('SIGINT')
  const { exitCode, stderr } = await result
  ahi.emulator.faults.clear()
  expect(exitCode).toBe(130)
  expect(stderr).toContain('stopped at once by the second interrupt')
  expect(await ahi.run(['export', '--resume', '--out', out])).toMatchObject({ exitCode: 0 })
})
