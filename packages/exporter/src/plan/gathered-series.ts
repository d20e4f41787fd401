import type { WalkedInstance } from '../selection/walk-selection.ts'
import type { LoadedImageSet } from '../selection/load-metadata.ts'

/** Gathers the instances of an image set by series. They come image set by image set. */
export interface GatheredSeries {
  /** Takes an instance. Returns the series of its image set once all instances have come; those of duplicates are left out. */
  add(walked: WalkedInstance): readonly (readonly WalkedInstance[])[]
}

/** Makes an empty one. */
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
