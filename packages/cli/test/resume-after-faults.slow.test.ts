import type { FaultRules } from '@ahi-dicom/ahi-emulator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { makeFolder, readExport } from './support/export-folder.ts'
import { startLocalAhi, type LocalAhi } from './support/local-ahi.ts'

/** Most runs with --resume until the export must be complete. */
const MOST_RUNS = 30

const READS = ['SearchImageSets', 'GetImageSet', 'GetImageSetMetadata', 'GetImageFrame']

/** Faults of a bad network and an overloaded service. */
function everything(seed: number): FaultRules {
  return {
    seed,
    rules: [
      { operations: READS, rate: 0.05, fault: { kind: 'reset' } },
      { operations: READS, rate: 0.08, fault: { kind: 'cut' } },
      { operations: ['GetImageSetMetadata', 'GetImageFrame'], rate: 0.05, fault: { kind: 'truncate' } },
      { operations: ['GetImageFrame'], rate: 0.08, fault: { kind: 'corrupt', bytes: 3 } },
      { operations: READS, rate: 0.04, burst: 4, fault: { kind: 'error', code: 'ServiceUnavailable' } },
      { operations: READS, rate: 0.04, burst: 2, fault: { kind: 'error', code: 'InternalServerException' } },
      { operations: ['GetImageFrame'], rate: 0.1, fault: { kind: 'error', code: 'ThrottlingException' } },
      { operations: ['GetImageSetMetadata'], times: 1, fault: { kind: 'error', code: 'ConflictException' } },
    ],
  }
}

/** The same faults, and enough damaged frames that no single run can be complete. */
function tooMuch(seed: number): FaultRules {
  const { rules, ...others } = everything(seed)
  return {
    ...others,
    rules: [...rules, { operations: ['GetImageFrame'], after: 20, fault: { kind: 'corrupt', bytes: 3 } }],
  }
}

describe('an export that meets faults', () => {
  let ahi: LocalAhi

  beforeAll(async () => {
    ahi = await startLocalAhi()
  })

  afterAll(() => ahi[Symbol.asyncDispose]())

  test.each([1, 3])('is complete and the same in the end, with seed %i', { timeout: 300_000 }, async (seed) => {
    const [undisturbed, out] = [await makeFolder(), await makeFolder()]
    const job = ['export', '--all', '--format', 'dcm,png', '--out']
    ahi.emulator.faults.clear()
    await ahi.run([...job, undisturbed])
    ahi.emulator.resetCounters()
    ahi.emulator.faults.set(tooMuch(seed))
    // One retry of each request, so that failures are left for --resume.
    const env = { AWS_MAX_ATTEMPTS: '2' }
    const exitCodes: (number | null)[] = []
    for (let run = 0; run < MOST_RUNS && exitCodes.at(-1) !== 0; run += 1) {
      const { exitCode } = await ahi.run([...job, out, ...(run === 0 ? [] : ['--resume'])], { env })
      exitCodes.push(exitCode)
      if (run === 0) ahi.emulator.faults.set(everything(seed))
    }
    const { faults } = ahi.emulator.counters()
    expect(faults).toMatchObject({ corrupt: expect.any(Number), cut: expect.any(Number), error: expect.any(Number) })
    expect(exitCodes.at(-1)).toBe(0)
    expect(exitCodes.length).toBeGreaterThan(1)
    expect(await readExport(out)).toEqual(await readExport(undisturbed))
    expect(await ahi.run(['verify', out])).toMatchObject({ exitCode: 0 })
  })
})
