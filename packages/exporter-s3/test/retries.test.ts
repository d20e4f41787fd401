import { ServiceFailure } from '@ahi-dicom/ahi-client/http'
import { s3Destination } from '@ahi-dicom/exporter-s3'
import { expect, test } from 'vitest'
import { createRetries } from '../src/access/retries.ts'

type Retries = ReturnType<typeof createRetries>
type Failure = Parameters<Retries['refreshRetryTokenForRetry']>[1]

/** Returns the waits between the attempts of a request that always fails, in milliseconds. */
async function waitsOf(retries: Retries, failure: Failure): Promise<readonly number[]> {
  const waits: number[] = []
  let attempt = await retries.acquireInitialRetryToken('')
  for (;;) {
    try {
      attempt = await retries.refreshRetryTokenForRetry(attempt, failure)
    } catch {
      return waits
    }
    waits.push(attempt.getRetryDelay())
  }
}

function total(waits: readonly number[]): number {
  return waits.reduce((sum, wait) => sum + wait, 0)
}

function failureOf(error: unknown, errorType: Failure['errorType']): Failure {
  const failure: Failure = { errorType }
  return Object.assign(failure, { error })
}

const refused = new ServiceFailure('AHI_UNAVAILABLE', 'nobody', { retryable: true, unreachable: true })
const reset = new ServiceFailure('AHI_UNAVAILABLE', 'broken', { retryable: true })
const untrusted = new ServiceFailure('AHI_UNAVAILABLE', 'untrusted', { cause: { code: 'ECONNRESET' } })

test('an address that nobody answers fails at once, and is retried after the service has answered before', async () => {
  const retries = createRetries()
  const failure = failureOf(refused, 'TRANSIENT')
  expect(await waitsOf(retries, failure)).toEqual([])
  retries.recordSuccess(await retries.acquireInitialRetryToken(''))
  expect(await waitsOf(retries, failure)).toHaveLength(7)
  expect(await waitsOf(createRetries({ hasAnswered: true }), failure)).toHaveLength(7)
})

test.each([
  ['a connection that breaks', failureOf(reset, 'TRANSIENT')],
  ['throttling', failureOf(new Error('SlowDown'), 'THROTTLING')],
])('%s is retried for most of a minute, even if many requests fail', async (_, failure) => {
  const retries = createRetries()
  const all = await Promise.all(Array.from({ length: 1000 }, () => waitsOf(retries, failure)))
  expect(all.every((waits) => waits.length === 7 && total(waits) > 20_000 && total(waits) < 90_000)).toBe(true)
})

test('permanent failures are not retried', async () => {
  const retries = createRetries()
  expect(await waitsOf(retries, failureOf(new Error('AccessDenied'), 'CLIENT_ERROR'))).toEqual([])
  expect(await waitsOf(retries, failureOf(untrusted, 'TRANSIENT'))).toEqual([])
})

test('a wait that the service asks for is applied, up to 20 s', async () => {
  const hint = { retryAfterHint: new Date(Date.now() + 3_600_000) }
  const [first] = await waitsOf(createRetries(), { ...failureOf(reset, 'TRANSIENT'), ...hint })
  expect(first).toBe(20_000)
})

test('a check of an address that nobody answers fails after one attempt', async () => {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret' }
  const destination = s3Destination({ bucket: 'my-bucket', endpoint: 'http://127.0.0.1:1', credentials })
  await expect(destination.check?.()).rejects.toMatchObject({ code: 'OUTPUT_UNREACHABLE', retryable: true })
})
