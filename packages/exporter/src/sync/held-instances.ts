import {
  createKeyMap,
  createKeySet,
  type ExportRecord,
  type InstanceKey,
  type KeyMapOptions,
} from '@ahi-dicom/export-files'
import { instanceDigest } from '../selection/walk-selection.ts'

/** A recorded instance. */
export interface HeldInstance {
  readonly imageSetId: string
  /** Path of its files without extension. */
  readonly stem: string
}

/**
 * Knows which image set a recorded instance is from. AHI may give an instance another image set: it is imported again, or
 * copied. Its files then take the place of those that are there.
 */
export interface HeldInstances extends Disposable {
  /** Returns the recorded instance of another image set; undefined if there is none. Reads the record the first time. */
  ofOther(key: InstanceKey): Promise<HeldInstance | undefined>
  /** Returns what tells if an instance of an image set is recorded. Reads the record the first time. */
  ofImageSet(imageSetId: string): Promise<(uids: Parameters<typeof instanceDigest>[0]) => boolean>
  /** Notes that an instance is written from another image set than `held`. */
  lose(held: HeldInstance, key: InstanceKey): void
  /** Removes what is left of lost instances. */
  removeLost(): Promise<void>
}

/** Paths that are noted as removed in one write. */
const pathsAtATime = 1000

/** Makes the instances of a record. */
export function createHeldInstances(record: ExportRecord, maps: KeyMapOptions): HeldInstances {
  const held = createKeyMap<HeldInstance>(maps)
  const lost = createKeySet(maps)
  let reading: Promise<void> | undefined

  async function read(): Promise<void> {
    for await (const file of record.files()) {
      held.set(instanceDigest(file), { imageSetId: file.imageSetId, stem: file.stem })
    }
  }

  return {
    async ofOther(key) {
      await (reading ??= read())
      const found = held.get(instanceDigest(key))
      return found?.imageSetId === key.imageSetId ? undefined : found
    },
    async ofImageSet(imageSetId) {
      await (reading ??= read())
      return (uids) => held.get(instanceDigest(uids))?.imageSetId === imageSetId
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

function lostName(imageSetId: string, key: Parameters<typeof instanceDigest>[0]): string {
  return `${imageSetId}/${instanceDigest(key)}`
}
