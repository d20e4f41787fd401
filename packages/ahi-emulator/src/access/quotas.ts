import { ServiceError } from '../operation/service-error.ts'

/** Requests a second, and how many may come at once. */
export interface Quota {
  readonly rate: number
  readonly burst: number
}

/** Quotas by the name of the operation. */
export type Quotas = Readonly<Record<string, Quota>>

const imageSetWrites = { rate: 0.25, burst: 1 }
const tagging = { rate: 10, burst: 20 }
const dicomWebRetrieval = { rate: 50, burst: 100 }

/** The default quotas of the service (developer guide, "Throttling limits"); no rate of the others is documented. */
export const documentedQuotas: Quotas = {
  CreateDatastore: { rate: 0.085, burst: 1 },
  DeleteDatastore: { rate: 0.085, burst: 1 },
  GetDatastore: { rate: 10, burst: 20 },
  ListDatastores: { rate: 5, burst: 10 },
  StartDICOMImportJob: { rate: 1, burst: 2 },
  GetDICOMImportJob: { rate: 25, burst: 50 },
  ListDICOMImportJobs: { rate: 10, burst: 20 },
  SearchImageSets: { rate: 25, burst: 50 },
  GetImageSet: { rate: 25, burst: 50 },
  GetImageSetMetadata: { rate: 50, burst: 100 },
  GetImageFrame: { rate: 1000, burst: 2000 },
  ListImageSetVersions: { rate: 25, burst: 50 },
  UpdateImageSetMetadata: imageSetWrites,
  CopyImageSet: imageSetWrites,
  DeleteImageSet: imageSetWrites,
  ListTagsForResource: tagging,
  TagResource: tagging,
  UntagResource: tagging,
  GetDICOMInstance: dicomWebRetrieval,
  GetDICOMInstanceMetadata: dicomWebRetrieval,
  GetDICOMInstanceFrames: dicomWebRetrieval,
  GetDICOMSeriesMetadata: dicomWebRetrieval,
}

/** Takes a request into account. */
export interface QuotaGate {
  /** @throws {ServiceError} ThrottlingException where the operation's quota is used up */
  admit(operation: string): void
}

interface Bucket {
  tokens: number
  filledAt: number
}

/** Makes a token bucket for each operation that has a quota. */
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
