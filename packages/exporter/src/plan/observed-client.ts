import type { ImageSetSummary, Operation } from '@ahi-dicom/ahi-client'
import { delegate } from '../documents/delegate.ts'
import { countRequests } from '../record/request-counts.ts'
import type { ExporterClient } from '../selection/client.ts'

/** Requests by operation. An operation that is not needed is absent. */
export type PlannedRequests = Readonly<Record<string, number>>

/** A client that counts what a selection asks for, and remembers what AHI told of storage. */
export interface ObservedClient {
  readonly client: ExporterClient
  /** Returns the requests so far, each counted once however often it was repeated. */
  requests(): PlannedRequests
  /** Returns the storage tier of an image set that was just selected, and forgets it; undefined if AHI did not tell. */
  takeTier(imageSetId: string): string | undefined
}

/** Items of a page, the most that AHI gives. */
const pageSize = 50

/** Image sets whose tiers are remembered until they are asked for. A search is at most some pages ahead. */
const mostTiers = 20_000

/** Makes a client that is observed. */
export function observeClient(observed: ExporterClient): ObservedClient {
  const requests: Record<string, number> = {}
  const tiers = new Map<string, string>()
  const sent = countRequests(observed)
  const getDatastore = observed.getDatastore?.bind(observed)

  function count(operation: Operation, requestCount = 1): void {
    requests[operation] = (requests[operation] ?? 0) + requestCount
  }

  function remember({ imageSetId, storageTier }: Pick<ImageSetSummary, 'imageSetId' | 'storageTier'>): void {
    if (storageTier === undefined) return
    tiers.set(imageSetId, storageTier)
    const [oldest] = tiers.keys()
    if (tiers.size > mostTiers && oldest !== undefined) tiers.delete(oldest)
  }

  const client = delegate(observed, {
    async *searchImageSets(request) {
      let found = 0
      try {
        for await (const summary of observed.searchImageSets(request)) {
          found += 1
          remember(summary)
          yield summary
        }
      } finally {
        count('SearchImageSets', Math.max(1, Math.ceil(found / pageSize)))
      }
    },
    async getImageSet(request) {
      count('GetImageSet')
      const imageSet = await observed.getImageSet(request)
      remember(imageSet)
      return imageSet
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
    takeTier(imageSetId) {
      const tier = tiers.get(imageSetId)
      tiers.delete(imageSetId)
      return tier
    },
  }
}
