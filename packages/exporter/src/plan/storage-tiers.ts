import type { LoadedImageSet } from '../selection/load-metadata.ts'
import { imageSetInstances } from '@ahi-dicom/ahi-metadata'
import type { ExportPlan } from './export-plan.ts'

/** Counts image sets by storage tier. */
export interface TierCounts {
  count(loaded: LoadedImageSet): void
  read(): Pick<ExportPlan, 'storageTiers' | 'archivedBytes'>
}

/** The smallest size that AHI bills for an image set (pricing page). */
const smallestBilledBytes = 5 * 2 ** 20

/** Creates counts that are all 0. */
export function createTierCounts(): TierCounts {
  const storageTiers: Record<string, number> = {}
  let archivedBytes = 0
  return {
    count(loaded) {
      const { storageTier: tier = 'unknown' } = loaded.selected.summary
      if (loaded.instances.length > 0) storageTiers[tier] = (storageTiers[tier] ?? 0) + 1
      if (tier === 'ARCHIVE_INSTANT_ACCESS') archivedBytes += Math.max(smallestBilledBytes, storedBytes(loaded))
    },
    read: () => ({ storageTiers, archivedBytes }),
  }
}

/** Returns the size of the frames in a whole image set. AHI bills all of it, even if only a part is selected. */
function storedBytes({ metadata }: LoadedImageSet): number {
  let bytes = 0
  for (const { instance } of imageSetInstances(metadata)) {
    for (const { FrameSizeInBytes: length = 0 } of instance.ImageFrames) bytes += length ?? 0
  }
  return bytes
}
