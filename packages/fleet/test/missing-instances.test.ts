import { describe, expect, test } from 'vitest'
import type { JobData } from '../src/job/job-payload.ts'
import type { AskRedis } from '../src/redis/ask-redis.ts'
import { requeueMissing } from '../src/report/missing-instances.ts'
import { useQueues } from './queue-context.ts'
import { hasRedis } from './redis-server.ts'
import { datastoreId, imageSetId } from './selections.ts'

const ask: AskRedis = async (question) => question()

describe.skipIf(!hasRedis)('requeueMissing', () => {
  const queues = useQueues()

  /** Adds jobs and completes them as a worker does. */
  async function complete(runId: string, done: Readonly<Record<string, number>>, data: JobData = {}): Promise<void> {
    for (const [jobId, instances] of Object.entries(done)) {
      const job = await queues.addActive(runId, jobId, data)
      await job.moveToCompleted(instances, '0', false)
    }
  }

  const nothing = { instances: 0, requeuedJobs: 0, entries: [] }
  const options = { datastoreId, known: new Set<string>(), wholeOnly: false, ask }

  test('puts the jobs of missing instances back once, and names the image set each time', async () => {
    const [one, two] = [imageSetId(1), imageSetId(2)]
    await complete('a'.repeat(16), { [`${one}-1`]: 10, [`${one}-1-2`]: 3, [`${two}-1`]: 5 })
    const queue = queues.context.queue('a'.repeat(16))
    const recorded = new Map([
      [one, { versionId: '1', instances: 12 }],
      [two, { versionId: '1', instances: 5 }],
    ])
    const first = await requeueMissing(queue, { ...options, recorded })
    expect(first).toMatchObject({
      instances: 1,
      requeuedJobs: 2,
      entries: [{ imageSetId: one, code: 'FLEET_INSTANCES_MISSING', retryable: true }],
    })
    expect(await queue.getJobCounts('waiting', 'completed')).toEqual({ waiting: 2, completed: 1 })
    for (const job of await queue.getWaiting()) {
      await queues.context.redis.client.lrem(queue.toKey('wait'), 1, job.id ?? '')
      await queues.context.redis.client.lpush(queue.toKey('active'), job.id ?? '')
      await job.moveToCompleted(job.id === `${one}-1` ? 10 : 3, '0', false)
    }
    const second = await requeueMissing(queue, { ...options, recorded })
    expect(second).toMatchObject({ instances: 1, requeuedJobs: 0, entries: [{ imageSetId: one, retryable: false }] })
  })

  test('ignores instances that only an older version had', async () => {
    const id = imageSetId(3)
    await complete('b'.repeat(16), { [`${id}-2`]: 4, [`${id}-1`]: 9 })
    const recorded = new Map([[id, { versionId: '2', instances: 4 }]])
    expect(await requeueMissing(queues.context.queue('b'.repeat(16)), { ...options, recorded })).toEqual(nothing)
  })

  test('puts a job back if the record has an older version instead', async () => {
    const id = imageSetId(4)
    await complete('c'.repeat(16), { [`${id}-2`]: 4, [`${id}-1`]: 4 })
    const queue = queues.context.queue('c'.repeat(16))
    const recorded = new Map([[id, { versionId: '1', instances: 4 }]])
    expect(await requeueMissing(queue, { ...options, recorded })).toMatchObject({
      instances: 4,
      requeuedJobs: 1,
      entries: [{ imageSetId: id, message: expect.stringContaining('version 2'), retryable: true }],
    })
    expect((await queue.getWaiting()).map((job) => job.id)).toEqual([`${id}-2`])
  })

  test('finds nothing missing if another export wrote a newer version', async () => {
    const id = imageSetId(5)
    await complete('d'.repeat(16), { [`${id}-9`]: 4 })
    const recorded = new Map([[id, { versionId: '10', instances: 3 }]])
    expect(await requeueMissing(queues.context.queue('d'.repeat(16)), { ...options, recorded })).toEqual(nothing)
  })

  test('leaves out parts of image sets if only whole ones are recorded', async () => {
    const [one, two] = [imageSetId(6), imageSetId(7)]
    await complete('e'.repeat(16), { [`${one}-1`]: 4 }, { after: [[two, '1']] })
    await complete('e'.repeat(16), { [`${two}-1`]: 4, [`${imageSetId(8)}-1`]: 2, [`${imageSetId(8)}-1-2`]: 2 })
    const queue = queues.context.queue('e'.repeat(16))
    const parts = { ...options, recorded: new Map(), wholeOnly: true }
    expect(await requeueMissing(queue, parts)).toMatchObject({ requeuedJobs: 1, entries: [{ imageSetId: two }] })
  })
})
