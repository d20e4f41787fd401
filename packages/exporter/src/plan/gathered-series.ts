import type { WalkedInstance } from '../selection/walk-selection.ts'
import type { LoadedImageSet } from '../selection/load-metadata.ts'

/** Groups the instances of an image set by series. Instances come one image set after the other. */
export interface GatheredSeries {
  /**
   * Adds an instance. After the last one of an image set, returns its series without duplicates; otherwise an empty
   * list.
   */
  add(walked: WalkedInstance): readonly (readonly WalkedInstance[])[]
}

/** Creates an empty collection. */
export function createGatheredSeries(): GatheredSeries {
  let current: { readonly of: LoadedImageSet; unwalked: number; readonly own: WalkedInstance[] } | undefined
  return {
    add(walked) {
      const { imageSet, isDuplicate } = walked
      if (current?.of !== imageSet) current = { of: imageSet, unwalked: imageSet.instances.length, own: [] }
      if (!isDuplicate) current.own.push(walked)
      current.unwalked -= 1
      if (current.unwalked > 0) return []
      const { own } = current
      current = undefined
      return [...Map.groupBy(own, ({ key }) => key.seriesInstanceUid).values()]
    },
  }
}
