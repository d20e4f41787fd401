import { createAhiClient } from '@ahi-dicom/ahi-client'
import type { Fault, FaultRule } from '@ahi-dicom/ahi-emulator'
import { createExporter, type ErrorEntry } from '@ahi-dicom/exporter'
import { folderDestination } from '@ahi-dicom/exporter-fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { connection, laneStore, linesOf, temporaryFolder, type LaneStore } from './doubles/lane-store.ts'

let store: LaneStore

beforeAll(async () => {
  store = await laneStore({ slices: 6, loops: 1, loopFrames: 4 })
})
afterEach(() => store.emulator.faults.clear())
afterAll(() => store[Symbol.asyncDispose]())

/** Faults of a network or a service that another run may not meet. */
const faults: Readonly<Record<string, Fault>> = {
  reset: { kind: 'reset' },
  cut: { kind: 'cut' },
  truncate: { kind: 'truncate' },
  corrupt: { kind: 'corrupt', bytes: 40 },
  'internal error': { kind: 'error', code: 'InternalServerException' },
  unavailable: { kind: 'error', code: 'ServiceUnavailable' },
  throttled: { kind: 'error', code: 'ThrottlingException' },
  conflict: { kind: 'error', code: 'ConflictException' },
}
const sources = ['frames', 'instance'] as const
const forms = ['explicit', 'stored'] as const
const ways = sources.flatMap((source) => forms.map((transferSyntax) => ({ source, transferSyntax })))
/** Documents and searches are requested in the same way for every form of export. */
const oneWay = ways.slice(0, 1)
const waysOf: Readonly<Record<string, typeof ways>> = {
  SearchImageSets: oneWay,
  GetImageSetMetadata: oneWay,
  GetImageFrame: ways,
  GetDICOMInstance: ways,
}
const cases = Object.keys(faults).flatMap((fault) =>
  Object.entries(waysOf).flatMap(([operation, forms]) => forms.map((form) => ({ fault, operation, ...form }))),
)

/** Exports with faults. Returns the failures that another run could not fix. */
async function lastingFailures(
  rules: readonly FaultRule[],
  seed: number,
  form: (typeof ways)[number],
): Promise<readonly unknown[]> {
  store.emulator.faults.set({ seed, rules })
  await using folder = await temporaryFolder()
  const limits = { maxAttempts: 2, conflictTimeoutMs: 0, requestTimeoutMs: 500, outageTimeoutMs: 0 }
  await using client = createAhiClient({ ...connection(store.emulator), ...limits })
  await using exporter = createExporter({ client, lanes: 1 })
  const { datastoreId } = store.emulator
  const destination = folderDestination({ directory: folder.path })
  const summary = await exporter.exportTo({ datastoreId, selectors: 'all', destination, ...form })
  const errors = linesOf<ErrorEntry>(folder.path, 'errors')
  const isMendable = summary.outcome === 'complete' || summary.outcome === 'retryable'
  return [...errors.filter(({ retryable }) => !retryable), ...(isMendable ? [] : [summary.outcome])]
}

describe('passing faults leave no failure that another run cannot fix', () => {
  test.each(cases)('$fault of $operation, $source, $transferSyntax', async ({ fault, operation, ...form }) => {
    const injected = faults[fault]
    if (injected === undefined) throw new TypeError(`Expected a fault, got \`${fault}\``)
    expect(await lastingFailures([{ operations: [operation], fault: injected }], 3, form)).toEqual([])
  })

  test.each([1, 2, 3, 4, 5, 6])('all faults together, with seed %i', async (seed) => {
    const rules = Object.values(faults).map((fault) => ({ operations: Object.keys(waysOf), rate: 0.15, fault }))
    for (const form of ways) expect(await lastingFailures(rules, seed, form)).toEqual([])
  })
})
