import { expect, test } from 'vitest'
import { createFrameLedger } from './fleet/fleet/frame-ledger.ts'
import { computeFleet } from './fleet/paper/model.ts'
import { paperText } from './fleet/paper/table.ts'

const frame = { at: 0, operation: 'GetImageFrame' }

test('a frame may be requested once, and once more for each kill that its image set was under way at', () => {
  const ledger = createFrameLedger()
  const job = { imageSetId: 'a', worker: '' }
  ledger.allow([job, job])
  const log = [
    { ...frame, of: 'a1', imageSetId: 'a' },
    { ...frame, of: 'a1', imageSetId: 'a' },
    { ...frame, of: 'a1', imageSetId: 'a' },
    { ...frame, of: 'b1', imageSetId: 'b' },
    { ...frame, of: 'b1', imageSetId: 'b' },
    { ...frame, operation: 'GetImageSetMetadata', of: 'b', imageSetId: 'b' },
    { ...frame, operation: 'GetImageSetMetadata', of: 'b', imageSetId: 'b' },
  ]
  expect(ledger.count(log)).toEqual({ requests: 5, again: 3, beyond: 2 })
})

const times = { submitted: 0.2, imageSet: 2, frame: 8 }
const machines = { count: 50, cores: 4, pricePerHour: 0.1 }
const store = { name: 'store', imageSets: 10_000_000, frames: 60 }

test('the longest of quotas and cores decides how long a fleet takes on paper', () => {
  const result = computeFleet(store, { times, machines, quotaFactor: 1 })
  // 600,000,000 frames at 1000 a second, less the burst.
  expect(result.bottleneck).toBe('frames')
  expect(result.totalHours).toBeCloseTo((600_000_000 - 2000) / 1000 / 3600, 6)
  // 8 ms a frame and 2 ms an image set are 1339 hours of a core in 166.7 hours.
  expect(result.machinesAtQuota).toBe(3)
  expect(result.machineCost).toBeCloseTo(result.totalHours * 5, 6)
  const few = computeFleet({ ...store, frames: 1 }, { times, machines, quotaFactor: 1 })
  expect(few.bottleneck).toBe('documents')
  const slow = computeFleet(store, { times, machines: { ...machines, count: 1 }, quotaFactor: 5 })
  expect(slow.bottleneck).toBe('cores')
})

test('the table has a row for each store and quota', () => {
  const rows = paperText({ times, machines, redisBytes: { waiting: 400, done: 500 } })
    .split('\n')
    .filter((line) => line.startsWith('| ') && !line.startsWith('| data store') && !line.startsWith('| ---'))
  expect(rows).toHaveLength(6)
})
