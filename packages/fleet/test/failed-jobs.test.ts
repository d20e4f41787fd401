import type { ErrorEntry } from '@ahi-dicom/export-files'
import { UnrecoverableError } from 'bullmq'
import { describe, expect, test } from 'vitest'
import { formatJobFailure } from '../src/job/job-failure.ts'
import { failureDigest } from '../src/job/failure-digest.ts'
import type { JobData } from '../src/job/job-payload.ts'
import { readFailedJobs, type FailedJobs } from '../src/report/failed-jobs.ts'
import { useQueues } from './queue-context.ts'
import { hasRedis } from './redis-server.ts'
import { datastoreId, imageSetId } from './selections.ts'

const failure = { code: 'VOLUME_GAP', message: 'slices are missing', retryable: false }
const id = imageSetId(1)
const ofImageSet: ErrorEntry = { datastoreId, imageSetId: id, ...failure }
const ofSeries: ErrorEntry = {
  ...ofImageSet,
  studyInstanceUid: '1',
  seriesInstanceUid: '1.2',
  sopInstanceUids: ['1', '2'],
}
const ofInstance: ErrorEntry = { ...ofImageSet, seriesInstanceUid: '1.2', sopInstanceUid: '2', code: 'FRAME_MISSING' }

describe.skipIf(!hasRedis)('readFailedJobs', () => {
  const queues = useQueues()
  let runs = 0

  /** Reads the failures of a run whose only job has failed. */
  async function withFailedJob(data: JobData): Promise<FailedJobs> {
    const runId = String((runs += 1)).padStart(16, '0')
    const job = await queues.addActive(runId, `${id}-1`, data)
    await job.moveToFailed(new UnrecoverableError(formatJobFailure(failure)), '0', false)
    const options = {
      datastoreId,
      ask: async <Answer>(question: () => Promise<Answer>) => question(),
      maxMemory: 2 ** 20,
    }
    return await readFailedJobs(queues.context.queue(runId), options)
  }

  test('counts each instance of a failed series once', async () => {
    using failed = await withFailedJob({})
    expect([ofSeries, ofInstance, ofSeries].map((entry) => failed.keep(entry))).toEqual([true, true, false])
    expect(failed).toMatchObject({ instances: 2, unread: 0 })
    const series = { datastoreId, imageSetId: id, seriesInstanceUid: '1.2' }
    expect(failed.countOf(series)).toBe(2)
    expect(failed.has({ ...series, sopInstanceUid: '2' })).toBe(true)
    expect(failed.has({ ...series, sopInstanceUid: '3' })).toBe(false)
    expect([...failed.unrecorded()]).toEqual([])
  })

  test('drops failures that later attempts repaired', async () => {
    using failed = await withFailedJob({ failures: [failureDigest(ofInstance)] })
    expect([ofSeries, ofInstance, { ...ofInstance, sopInstanceUid: '1' }].map((entry) => failed.keep(entry))).toEqual([
      false,
      true,
      false,
    ])
    using series = await withFailedJob({ failures: [failureDigest(ofSeries)] })
    const repaired = { ...ofSeries, code: 'FRAME_CHECKSUM_MISMATCH' }
    expect([ofSeries, repaired, ofInstance].map((entry) => series.keep(entry))).toEqual([true, false, false])
  })

  test('does not keep the entry that an earlier report wrote for a job whose worker was still running', async () => {
    using alone = await withFailedJob({})
    expect(alone.keep(ofImageSet)).toBe(false)
    expect([...alone.unrecorded()]).toEqual([ofImageSet])
    using recorded = await withFailedJob({})
    expect([ofImageSet, ofSeries].map((entry) => recorded.keep(entry))).toEqual([false, true])
    expect([...recorded.unrecorded()]).toEqual([])
    expect(recorded.unread).toBe(0)
  })
})
