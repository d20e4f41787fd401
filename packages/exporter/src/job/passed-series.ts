import { createImageSetLoader } from '../selection/load-metadata.ts'
import { itemDigest, type WalkedInstance } from '../selection/walk-selection.ts'
import type { Sync } from '../sync/sync.ts'
import type { Hand } from './hand.ts'
import { earlierInstances } from './image-set-export.ts'

/** Series of the image sets that a sync does not read, since they are recorded as a whole. */
export interface PassedSeries {
  /**
   * Returns true if one of these image sets also has the instance. The record names no instances of a series, so the
   * document is read. If it cannot be read, the answer is false.
   */
  has(walked: WalkedInstance): Promise<boolean>
}

/** Makes the series that a sync passes over. The digests of one image set are in memory at a time. */
export function createPassedSeries({ client, job }: Pick<Hand, 'client' | 'job'>, sync: Sync): PassedSeries {
  const { options, record, starting: signal } = job
  const load = createImageSetLoader(client, { datastoreId: options.datastoreId, signal })
  let last: { readonly imageSetId: string; readonly digests: ReadonlySet<string> } | undefined

  async function read(imageSetId: string): Promise<ReadonlySet<string>> {
    const versionId = record.imageSetVersion(imageSetId)
    if (versionId === undefined) return new Set()
    const imageSet = { imageSetId, versionId }
    const earlier = await earlierInstances(load, { ...imageSet, after: [imageSet] }, options)
    return earlier.kind === 'found' ? earlier.digests : new Set()
  }

  return {
    async has({ key }) {
      const held = await sync.held.ofOther({ ...key, sopInstanceUid: undefined })
      if (held === undefined || !sync.isPassed(held.imageSetId)) return false
      const { imageSetId } = held
      if (last?.imageSetId !== imageSetId) last = { imageSetId, digests: await read(imageSetId) }
      return last.digests.has(itemDigest(key))
    },
  }
}
