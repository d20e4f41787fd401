import type { ErrorEntry } from '@ahi-dicom/export-files'
import type { LaneItem } from '../lane/lane-item.ts'
import type { HeldItem } from '../sync/held-items.ts'
import type { JobImageSet } from './job-image-set.ts'
import type { JobInstance } from './job-instance.ts'

/** The items that were handed out and have no result yet. */
export interface HandedItems {
  /** Returns the id for the next item. */
  nextId(): number
  add(handed: HandedItem): void
  take(id: number): HandedItem | undefined
}

/** An item that was handed out and has no result yet. */
export interface HandedItem extends ItemPlace {
  readonly item: LaneItem
}

/** The image set and the instances of an item, and a callback for its result. */
export interface ItemPlace {
  readonly imageSet: JobImageSet
  /** The instance, or the instances of the series, in the order of the item. */
  readonly instances: readonly JobInstance[]
  /** The recorded files of the same instance or series in another image set, which the new files replace. */
  readonly replaced?: HeldItem | undefined
  /** Called once the item is recorded, has failed, or turns out to need no work. Not called if the item was aborted. */
  readonly onEnd?: ((end: ItemEnd) => void) | undefined
}

/** The end of an item. */
export interface ItemEnd {
  /** As lines of `errors.ndjson`. Empty if the item did not fail. */
  readonly failures: readonly ErrorEntry[]
  /** Size of the files that this job wrote, in bytes. */
  readonly byteLength: number
}

/** Creates an empty set of items. */
export function createHandedItems(): HandedItems {
  const items = new Map<number, HandedItem>()
  let lastId = 0
  return {
    nextId: () => (lastId += 1),
    add: (handed) => void items.set(handed.item.id, handed),
    take(id) {
      const handed = items.get(id)
      items.delete(id)
      return handed
    },
  }
}
