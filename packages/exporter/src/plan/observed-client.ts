import type { Operation } from '@ahi-dicom/ahi-client'
import { delegate } from '../documents/delegate.ts'
import { countRequests } from '../record/request-counts.ts'
import type { ExporterClient } from '../selection/client.ts'

/** Number of requests by operation. Operations that are not needed are absent. */
export type PlannedRequests = Readonly<Record<string, number>>

/** A client that counts the requests of a selection. */
export interface ObservedClient {
  readonly client: ExporterClient
  /** Returns the requests so far. Retries are not counted. */
  requests(): PlannedRequests
}

/** The number of items in a page, the most that AHI returns. */
const pageSize = 50

/** Returns a client that counts its requests. */
export function observeClient(observed: ExporterClient): ObservedClient {
  const requests: Record<string, number> = {}
  const sent = countRequests(observed)
  const getDatastore = observed.getDatastore?.bind(observed)

  function count(operation: Operation, requestCount = 1): void {
    requests[operation] = (requests[operation] ?? 0) + requestCount
  }

  const client = delegate(observed, {
    async *searchImageSets(request) {
      let found = 0
      try {
        for await (const summary of observed.searchImageSets(request)) {
          found += 1
          yield summary
        }
      } finally {
        count('SearchImageSets', Math.max(1, Math.ceil(found / pageSize)))
      }
    },
    async getImageSet(request) {
      count('GetImageSet')
      return await observed.getImageSet(request)
    },
    async getImageSetMetadata(request) {
      count('GetImageSetMetadata')
      return await observed.getImageSetMetadata(request)
    },
    ...(getDatastore && {
      async getDatastore(request) {
        count('GetDatastore')
        return await getDatastore(request)
      },
    }),
  } satisfies Partial<ExporterClient>)

  return {
    client,
    requests() {
      const searches = sent()?.['SearchImageSets']
      return searches === undefined
        ? { ...requests }
        : { ...requests, SearchImageSets: searches.requests - searches.repeated }
    },
  }
}
