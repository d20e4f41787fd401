import type { LockWait } from '@ahi-dicom/export-files'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { connectS3 } from '../src/access/connect.ts'
import { bucketPlace } from '../src/place/bucket-place.ts'
import { lockBucket, type BucketLock } from '../src/record/bucket-lock.ts'
import { startFakeS3, type FakeS3 } from './fake-s3.ts'

const place = bucketPlace({ bucket: 'my-bucket', prefix: 'x' })
const key = 'x/.ahi-dicom/.ahi-dicom.lock'
/** A process on another machine. Only its lock is visible here. */
const elsewhere = { pid: 7, hostname: 'elsewhere', startedAt: 'boot:1', pidNamespace: 'pid:[1]', token: 'other' }

let fake: FakeS3
let connection: ReturnType<typeof connectS3>
beforeEach(async () => {
  fake = await startFakeS3()
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  connection = connectS3({ endpoint: fake.endpoint, region: 'eu-west-1', credentials })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] })
})
afterEach(async () => {
  vi.useRealTimers()
  connection.close()
  await fake[Symbol.asyncDispose]()
})

async function lock(onWait?: (wait: LockWait) => void): Promise<BucketLock> {
  return await lockBucket({ client: await connection.client(), place }, { onWait })
}

/** Advances the fake clock by 20 ms per turn of the event loop until the promise has settled. */
async function settledIn<Result>(promise: Promise<Result>): Promise<PromiseSettledResult<Result>> {
  const settled: PromiseSettledResult<Result>[] = []
  void Promise.allSettled([promise]).then((results) => settled.push(...results))
  for (;;) {
    const [result] = settled
    if (result !== undefined) return result
    await new Promise(setImmediate)
    await vi.advanceTimersByTimeAsync(20)
  }
}

function writeLock(renewals: number): void {
  fake.objects.set(key, Buffer.from(JSON.stringify({ ...elsewhere, renewals })))
}

test('the lock of another machine is taken over if nothing renews it for 30 s', async () => {
  writeLock(1)
  const waits: LockWait[] = []
  const startedAt = Date.now()
  const found = await settledIn(lock((wait) => waits.push(wait)))
  expect(found.status).toBe('fulfilled')
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(30_000)
  expect(waits).toMatchObject([{ mostMs: 30_000, message: expect.stringContaining('process 7 on elsewhere') }])
  if (found.status === 'fulfilled') await found.value.release()
  expect(fake.objects.size).toBe(0)
})

test('a lock that another machine renews is not taken over', async () => {
  writeLock(1)
  const locking = lock(() => void setTimeout(() => writeLock(2), 5000))
  expect(await settledIn(locking)).toMatchObject({ status: 'rejected', reason: { code: 'OUTPUT_LOCKED' } })
  expect(JSON.parse(String(fake.objects.get(key)))).toMatchObject({ token: 'other', renewals: 2 })
})

test('a process whose lock was taken over stops, and does not remove the new lock', async () => {
  const found = await settledIn(lock())
  if (found.status === 'rejected') throw found.reason
  await found.value.check()
  writeLock(1)
  vi.setSystemTime(Date.now() + 60_000)
  expect(await settledIn(found.value.check())).toMatchObject({ status: 'rejected', reason: { code: 'OUTPUT_LOST' } })
  expect(await settledIn(found.value.check())).toMatchObject({ status: 'rejected', reason: { code: 'OUTPUT_LOST' } })
  await found.value.release()
  expect(JSON.parse(String(fake.objects.get(key)))).toMatchObject({ token: 'other' })
})

test('a suspended process continues if nobody has taken over its lock', async () => {
  const found = await settledIn(lock())
  if (found.status === 'rejected') throw found.reason
  const before = String(fake.objects.get(key))
  vi.setSystemTime(Date.now() + 60_000)
  expect(await settledIn(found.value.check())).toMatchObject({ status: 'fulfilled' })
  expect(String(fake.objects.get(key))).not.toBe(before)
  await found.value.release()
})
