import type { LoadedImageSet } from '../selection/load-metadata.ts'
import type { WalkedInstance } from '../selection/walk-selection.ts'
import type { PlannedImageSet, PlanOptions } from './export-plan.ts'
import type { ForeseenInstance } from './foresee-instance.ts'
import { addBytes, noBytes, type PlannedBytes } from './planned-bytes.ts'

/** Sums up instances by image set. They come one image set after the other. */
export interface PlannedImageSets {
  /** Adds an instance. The first one of an image set reports the image set before it. */
  add(walked: WalkedInstance, foreseen: ForeseenInstance): Promise<void>
  /** Adds the files of a series in the image set of the last instance. */
  addSeries(foreseen: ForeseenInstance): void
  /** Reports the last image set. */
  finish(): Promise<void>
}

/** Creates empty sums. */
export function createPlannedImageSets(onImageSet: PlanOptions['onImageSet']): PlannedImageSets {
  let current: { imageSet: PlannedImageSet; readonly of: LoadedImageSet } | undefined

  async function finish(): Promise<void> {
    if (current !== undefined) await onImageSet?.(current.imageSet)
    current = undefined
  }

  return {
    async add(walked, foreseen) {
      const { imageSet: loaded } = walked
      if (current?.of !== loaded) {
        await finish()
        current = { of: loaded, imageSet: emptyImageSet(walked) }
      }
      current.imageSet = withForeseen(withInstance(current.imageSet, walked), foreseen)
    },
    addSeries(foreseen) {
      if (current !== undefined) current.imageSet = withForeseen(current.imageSet, foreseen)
    },
    finish,
  }
}

function emptyImageSet({ key, imageSet }: WalkedInstance): PlannedImageSet {
  const { imageSetId, versionId, studyInstanceUid } = key
  const { isPrimary, storageTier } = imageSet.selected.summary
  const sizes = { instances: 0, frames: 0, bytesToFetch: noBytes, bytesToWrite: noBytes }
  return { imageSetId, versionId, isPrimary, storageTier, studyInstanceUid, seriesInstanceUids: [], ...sizes }
}

function withInstance(imageSet: PlannedImageSet, { key }: WalkedInstance): PlannedImageSet {
  const { seriesInstanceUids, instances } = imageSet
  const isKnown = seriesInstanceUids.includes(key.seriesInstanceUid)
  return {
    ...imageSet,
    seriesInstanceUids: isKnown ? seriesInstanceUids : [...seriesInstanceUids, key.seriesInstanceUid],
    instances: instances + 1,
  }
}

function withForeseen(imageSet: PlannedImageSet, foreseen: ForeseenInstance): PlannedImageSet {
  return {
    ...imageSet,
    frames: imageSet.frames + foreseen.frames,
    bytesToFetch: addBytes(imageSet.bytesToFetch, foreseen.bytesToFetch),
    bytesToWrite: foreseen.files.reduce<PlannedBytes>(addBytes, imageSet.bytesToWrite),
  }
}
