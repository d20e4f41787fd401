import type { Quotas } from '@ahi-dicom/ahi-client/quotas'
import { ServiceError } from '../operation/service-error.ts'

/** Limits the request rate of operations. */
export interface QuotaGate {
  /**
   * Counts a request.
   * @throws {ServiceError} ThrottlingException if the operation's quota is used up
   */
  admit(operation: string): void
}

interface Bucket {
  tokens: number
  filledAt: number
}

/** Creates a gate with a token bucket for each operation that has a quota. */
export function createQuotaGate(quotas: Quotas, now: () => number): QuotaGate {
  const buckets = new Map<string, Bucket>()
  return {
    admit(operation) {
      const quota = quotas[operation]
      if (quota === undefined) return
      const time = now()
      const bucket = buckets.get(operation) ?? { tokens: quota.burst, filledAt: time }
      buckets.set(operation, bucket)
      const earned = (Math.max(time - bucket.filledAt, 0) / 1000) * quota.rate
      bucket.tokens = Math.min(quota.burst, bucket.tokens + earned)
      bucket.filledAt = time
      if (bucket.tokens < 1) throw new ServiceError('ThrottlingException', 'Rate exceeded')
      bucket.tokens -= 1
    },
  }
}
