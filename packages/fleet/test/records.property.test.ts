import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject, Run, WorkerState } from '../src/index.ts'
import { runIdOf } from '../src/run/run-id.ts'
import { formatRun, parseRun } from '../src/run/run-record.ts'
import { formatWorkerState, parseWorkerState } from '../src/worker-state/worker-state.ts'

const settings = fc
  .dictionary(fc.string(), fc.jsonValue())
  .map((value): JsonObject => JSON.parse(JSON.stringify(value)))
const date = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(8.64e15) })
const run: fc.Arbitrary<Run> = fc
  .record({
    datastoreId: fc.string({ minLength: 1 }),
    destination: fc.string({ minLength: 1 }),
    settings,
    createdAt: date,
    state: fc.constantFrom('submitting', 'submitted', 'cancelled'),
    instancesPerPart: fc.integer({ min: 1 }),
    reportedAt: fc.option(date, { nil: undefined }),
  })
  .map((parts) => ({ ...parts, id: runIdOf(parts) }))

test('a stored run is parsed back', () => {
  fc.assert(
    fc.property(run, (written) => {
      expect(parseRun(written.id, formatRun(written))).toEqual(written)
    }),
  )
})

test('the id of a run does not depend on the order of its settings', () => {
  const common = { datastoreId: 'a', destination: 'b' }
  const id = runIdOf({ ...common, settings: { one: 1, two: { three: 3, four: [4, { five: 5, six: 6 }] } } })
  expect(runIdOf({ ...common, settings: { two: { four: [4, { six: 6, five: 5 }], three: 3 }, one: 1 } })).toBe(id)
  expect(runIdOf({ ...common, settings: { two: { four: [{ six: 6, five: 5 }, 4], three: 3 }, one: 1 } })).not.toBe(id)
  expect(id).toMatch(/^[0-9a-f]{16}$/)
})

test('a stored run that another program changed is refused', () => {
  fc.assert(
    fc.property(run, fc.oneof(fc.string(), fc.json()), (stored, text) => {
      expect(() => parseRun(stored.id, text)).toThrow(expect.objectContaining({ code: 'FLEET_RUN_MALFORMED' }))
    }),
  )
  fc.assert(
    fc.property(run, fc.string(), (stored, other) => {
      fc.pre(other !== stored.destination)
      const text = formatRun({ ...stored, destination: other })
      expect(() => parseRun(stored.id, text)).toThrow(expect.objectContaining({ code: 'FLEET_RUN_MALFORMED' }))
    }),
  )
})

const count = fc.nat()
const worker: fc.Arbitrary<WorkerState> = fc.record({
  name: fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/),
  hostname: fc.stringMatching(/^[a-z.]{1,60}$/),
  pid: count,
  startedAt: date,
  seenAt: date,
  runId: fc.option(fc.constant('0123456789abcdef'), { nil: undefined }),
  active: count,
  imageSetsPerSecond: fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0),
  instancesPerSecond: count,
  framesPerSecond: count,
  bytesPerSecond: count,
})

test('a stored worker state is parsed back', () => {
  fc.assert(
    fc.property(worker, (written) => {
      expect(parseWorkerState(written.name, formatWorkerState(written))).toEqual(written)
    }),
  )
})

test('a malformed worker state is left out', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseWorkerState('name', text)).toBeUndefined()
    }),
  )
  fc.assert(
    fc.property(worker, fc.constantFrom('pid', 'hostname', 'active', 'runId', 'seenAt'), (state, member) => {
      const text = JSON.stringify({ ...JSON.parse(formatWorkerState(state)), [member]: [] })
      expect(parseWorkerState(state.name, text)).toBeUndefined()
    }),
  )
})
