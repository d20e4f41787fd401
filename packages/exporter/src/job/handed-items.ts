import type { Failure } from '../failure/failure.ts'
import type { ItemResult, LaneItem } from '../lane/lane-item.ts'
import type { HeldItem } from '../sync/held-items.ts'
import type { JobImageSet } from './job-image-set.ts'
import type { JobInstance } from './job-instance.ts'

/** The items that were handed out and have no result. */
export interface HandedItems {
  /** Returns the id of the item. */
  nextId(): number
  add(handed: HandedItem): void
  take(id: number): HandedItem | undefined
}

/** An item that was handed out and has no result. */
export interface HandedItem extends ItemPlace {
  readonly item: LaneItem
}

/** The image set and the instances of an item, and who is told of its result. */
export interface ItemPlace {
  readonly imageSet: JobImageSet
  /** The instance, or those of the series, in the order of the item. */
  readonly instances: readonly JobInstance[]
  /** The same instance or series of another image set, whose place its files take. */
  readonly replaced?: HeldItem | undefined
  /** Called with the result once it is recorded, unless the item was cut short. */
  readonly onTaken?: ((result: ItemResult, failures: readonly Failure[]) => void) | undefined
}

/** Makes the items of a job. */
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
