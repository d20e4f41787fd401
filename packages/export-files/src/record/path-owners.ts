import { reservedNames } from '../destination/record-store.ts'
import { foldCase } from '../layout/fold-case.ts'
import type { Layout } from '../layout/layout.ts'
import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { createGroupedKeys, splitPath } from './grouped-key.ts'
import { itemDigest, type ItemIds } from './item-digest.ts'

/** Which instance writes to which path, so that none overwrites another. */
export interface PathOwners extends Disposable {
  /**
   * Returns the path for an instance: the wanted one, or another that the layout gives if that belongs to another
   * instance, or if the instance has that path already. Two instances want the same path if they are the same SOP instance
   * in two image sets or series, or if their paths differ in case alone.
   */
  claim(wanted: string, instance: ItemIds): string
  /** Lets another instance have a path. Does nothing if the path is not of this instance. */
  release(path: string, instance: ItemIds): void
  /** Gives a path to the instance that an earlier run gave it. */
  restore(path: string, instance: ItemIds): void
}

/** Makes the owners of an empty destination. Paths that the record uses itself belong to nobody else. */
export function createPathOwners(layout: Pick<Layout, 'alternative'>, options: KeyMapOptions): PathOwners {
  const ownerByPath = createKeyMap<string>(options)
  const keyOf = createGroupedKeys()
  for (const name of reservedNames) take(name.replace(/(?<=.)\.[^.]*$/u, ''), 'record')

  function ownerOf(path: string): string | undefined {
    return ownerByPath.get(keyOf(...splitPath(foldCase(path))))
  }

  function take(path: string, owner: string): boolean {
    const key = keyOf(...splitPath(foldCase(path)))
    return ownerByPath.add(key, owner) || ownerByPath.get(key) === owner
  }

  return {
    restore: (path, instance) => void take(path, itemDigest(instance)),
    claim(wanted, instance) {
      const owner = itemDigest(instance)
      const other = layout.alternative(wanted, owner)
      // An instance keeps the path that an earlier run gave it, also when nobody has the path that it wanted any more.
      if (ownerOf(wanted) === undefined && ownerOf(other) === owner) return other
      let path = wanted
      // The next path may belong to another instance as well.
      for (let attempt = owner; !take(path, owner); attempt += '+') path = layout.alternative(wanted, attempt)
      return path
    },
    release(path, instance) {
      if (ownerOf(path) === itemDigest(instance)) ownerByPath.delete(keyOf(...splitPath(foldCase(path))))
    },
    [Symbol.dispose]: () => ownerByPath[Symbol.dispose](),
  }
}
