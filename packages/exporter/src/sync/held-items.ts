import {
  createKeyMap,
  createKeySet,
  type ExportRecord,
  type ItemKey,
  type KeyMapOptions,
} from '@ahi-dicom/export-files'
import { itemDigest, type ItemUids } from '../selection/walk-selection.ts'

/** A recorded instance or series. */
export interface HeldItem {
  readonly imageSetId: string
  /** Path of its files without the extension. */
  readonly stem: string
}

/**
 * Tells which image set a recorded instance or series is from. AHI may move it to another image set, if it is imported
 * again or copied. Its new files then replace the recorded ones.
 */
export interface HeldItems extends Disposable {
  /**
   * Returns the recorded files of an item if they are from another image set, or undefined. The first call reads the
   * record.
   */
  ofOther(key: ItemUids & Pick<ItemKey, 'imageSetId'>): Promise<HeldItem | undefined>
  /**
   * Returns a function that tells if an instance of an image set is recorded, by its own file or one of its series. The
   * first call reads the record.
   */
  ofImageSet(imageSetId: string): Promise<(uids: ItemUids) => boolean>
  /** Notes that an instance or series of `held` is now written from another image set. */
  lose(held: HeldItem, key: ItemKey): void
  /** Removes the remaining files of lost instances and series. */
  removeLost(): Promise<void>
}

/** The number of paths whose removal is recorded in one write. */
const pathsAtATime = 1000

/** Creates the index of a record. */
export function createHeldItems(record: ExportRecord, maps: KeyMapOptions): HeldItems {
  const held = createKeyMap<HeldItem>(maps)
  const lost = createKeySet(maps)
  let reading: Promise<void> | undefined

  async function read(): Promise<void> {
    for await (const file of record.files()) {
      held.set(itemDigest(file), { imageSetId: file.imageSetId, stem: file.stem })
    }
  }

  return {
    async ofOther(key) {
      await (reading ??= read())
      const found = held.get(itemDigest(key))
      return found?.imageSetId === key.imageSetId ? undefined : found
    },
    async ofImageSet(imageSetId) {
      await (reading ??= read())
      const isOf = (uids: ItemUids): boolean => held.get(itemDigest(uids))?.imageSetId === imageSetId
      return (uids) => isOf(uids) || isOf({ ...uids, sopInstanceUid: undefined })
    },
    lose: ({ imageSetId }, key) => void lost.add(lostName(imageSetId, key)),
    async removeLost() {
      if (lost.size === 0) return
      let paths: string[] = []
      for await (const file of record.files()) {
        if (lost.has(lostName(file.imageSetId, file))) paths.push(file.path)
        if (paths.length < pathsAtATime) continue
        await record.removeFiles(paths)
        paths = []
      }
      if (paths.length > 0) await record.removeFiles(paths)
    },
    [Symbol.dispose]() {
      held[Symbol.dispose]()
      lost[Symbol.dispose]()
    },
  }
}

function lostName(imageSetId: string, key: ItemUids): string {
  return `${imageSetId}/${itemDigest(key)}`
}
