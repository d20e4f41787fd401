import type { RunStatus, WorkerState } from '@ahi-dicom/fleet'
import { describe, expect, test } from 'vitest'
import { formatRun, formatRunLine, formatRuns, formatWorkers, isOver } from '../src/fleet/status-text.ts'
import { createWorkLog } from '../src/fleet/work-log.ts'
import { createLog } from '../src/log.ts'

const now = new Date('2026-01-02T12:00:00Z')
const worker: WorkerState = {
  name: 'host-1',
  hostname: 'host',
  pid: 1,
  startedAt: new Date('2026-01-02T10:58:00Z'),
  seenAt: new Date('2026-01-02T11:59:58Z'),
  runId: '0123456789abcdef',
  active: 4,
  imageSetsPerSecond: 2,
  instancesPerSecond: 20,
  framesPerSecond: 250.5,
  bytesPerSecond: 5e7,
}
const status: RunStatus = {
  run: {
    id: '0123456789abcdef',
    datastoreId: '0'.repeat(32),
    destination: 's3://bucket/\u001B[31mx',
    settings: {},
    createdAt: now,
    state: 'submitted',
    instancesPerPart: 2000,
  },
  isPaused: false,
  imageSets: { total: 2000, waiting: 1000, active: 4, delayed: 2, done: 990, failed: 4 },
  instances: 12_345,
  frames: 1_234_567,
  bytes: 9.87e9,
  failuresByCode: { FRAME_CHECKSUM_MISMATCH: 3, FLEET_JOB_LOST: 1 },
  workers: [worker],
  imageSetsPerSecond: 2,
  framesPerSecond: 250.5,
  bytesPerSecond: 5e7,
  secondsLeft: 503,
}

test('a run is shown with its counts, its failures and its workers', () => {
  const text = formatRun(status, undefined, now)
  expect(text).toContain('run 0123456789abcdef: open\n')
  expect(text).toContain('990 of 2,000 jobs done, 4 in progress, 1,000 waiting, 2 to be repeated, 4 failed\n')
  expect(text).toContain('12,345 instances, 1,234,567 frames, 9.87 GB\n')
  expect(text).toContain('2.0 image sets/s, 250.5 frames/s, 50.0 MB/s\n')
  expect(text).toContain('8 min 23 s\n')
  expect(text).toContain('FRAME_CHECKSUM_MISMATCH 3, FLEET_JOB_LOST 1\n')
  expect(text).toMatch(/^host-1 +0123456789abcdef +4 +250\.5 +50\.0 MB +1 h 02 min +2\.0 s ago$/m)
})

test('nothing that lies in Redis drives the terminal', () => {
  for (const text of [formatRun(status, undefined, now), formatRuns([status], undefined), formatRunLine(status)]) {
    expect(text).not.toContain('\u001B')
  }
  expect(formatWorkers([{ ...worker, name: '\u001B[31mx' }], undefined, now)).not.toContain('\u001B')
})

describe('the state of a run', () => {
  const over = { total: 3, waiting: 0, active: 0, delayed: 0, done: 3, failed: 0 }
  test.each<[string, Partial<RunStatus>, string, boolean]>([
    ['open', {}, 'open', false],
    ['paused', { isPaused: true }, 'paused', false],
    ['being submitted', { run: { ...status.run, state: 'submitting' }, imageSets: over }, 'being submitted', false],
    ['cancelled', { run: { ...status.run, state: 'cancelled' }, imageSets: over }, 'cancelled', true],
    ['done', { imageSets: over }, 'done, to be reported', true],
    ['reported', { imageSets: over, run: { ...status.run, reportedAt: now } }, 'reported', true],
  ])('%s', (_, changes, shown, expected) => {
    const changed = { ...status, ...changes }
    expect(formatRunLine(changed)).toContain(`: ${shown}, `)
    expect(isOver(changed)).toBe(expected)
  })
})

test('the log of a worker says why it takes no jobs, and for how long', () => {
  const lines: string[] = []
  const log = createLog({ level: 'info', format: 'text', writeLine: (line) => void lines.push(line) })
  let time = 0
  const { tell, problem } = createWorkLog(log, () => time)
  expect(problem()).toBeUndefined()
  tell({ kind: 'redis-away', code: 'FLEET_REDIS_UNREACHABLE', message: 'Lost the connection to Redis' })
  expect(problem()).toBe('Redis does not answer')
  tell({ kind: 'redis-back' })
  expect(problem()).toBeUndefined()
  tell({ kind: 'outage', runId: '0'.repeat(16), code: 'AHI_OUTAGE', message: 'AHI is away', waitMs: 5000 })
  expect(problem()).toBe('AHI or the destination is unavailable')
  time = 5001
  expect(problem()).toBeUndefined()
  tell({ kind: 'redis-failed', code: 'UNKNOWN', message: 'Cannot share the pace', waitMs: 0 })
  expect(problem()).toBeUndefined()
  expect(lines).toEqual([
    'ahi-dicom: Lost the connection to Redis',
    'ahi-dicom: Redis answers again',
    'ahi-dicom: AHI is away; taking jobs again in 5.0 s',
    'ahi-dicom: Cannot share the pace',
  ])
})
