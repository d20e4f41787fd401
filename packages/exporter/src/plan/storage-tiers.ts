import type { LoadedImageSet } from '../selection/load-metadata.ts'
import { imageSetInstances } from '@ahi-dicom/ahi-metadata'
import type { ExportPlan } from './export-plan.ts'
import type { ObservedClient } from './observed-client.ts'

/** Counts image sets by where AHI keeps them. */
export interface TierCounts {
  count(loaded: LoadedImageSet): void
  /** Returns the tier of an image set that was counted. */
  tierOf(loaded: LoadedImageSet): string | undefined
  read(): Pick<ExportPlan, 'storageTiers' | 'archivedBytes'>
}

/** AHI bills smaller image sets as if they had this size (pricing page). */
const smallestBilledBytes = 5 * 2 ** 20

/** Makes counts of nothing. */
export function createTierCounts(observed: ObservedClient): TierCounts {
  const storageTiers: Record<string, number> = {}
  const tiers = new WeakMap<LoadedImageSet, string>()
  let archivedBytes = 0
  return {
    count(loaded) {
      const tier = observed.takeTier(loaded.selected.imageSetId)
      storageTiers[tier ?? 'unknown'] = (storageTiers[tier ?? 'unknown'] ?? 0) + 1
      if (tier === undefined) return
      tiers.set(loaded, tier)
      if (tier === 'ARCHIVE_INSTANT_ACCESS') archivedBytes += Math.max(smallestBilledBytes, storedBytes(loaded))
    },
    tierOf: (loaded) => tiers.get(loaded),
    read: () => ({ storageTiers, archivedBytes }),
  }
}

/** All of the image set is billed, also what is not selected of it. */
function storedBytes({ metadata }: LoadedImageSet): number {
  let bytes = 0
  for (const { instance } of imageSetInstances(metadata)) {
    for (const { FrameSizeInBytes: length = 0 } of instance.ImageFrames) bytes += length ?? 0
  }
  return bytes
}
