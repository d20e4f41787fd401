import { reservedNames } from '../destination/record-store.ts'
import { foldCase } from '../layout/fold-case.ts'
import type { Layout } from '../layout/layout.ts'
import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { createGroupedKeys, splitPath } from './grouped-key.ts'
import { itemDigest, type ItemIds } from './item-digest.ts'

/** Assigns paths to instances and series, so that none overwrites a file of another. */
export interface PathOwners extends Disposable {
  /**
   * Returns the path for an instance: the wanted path, or an alternative of the layout. The alternative is used if the
   * wanted path belongs to another instance, or if an earlier run gave it to this instance. Two instances want the same
   * path if they are the same SOP instance in two image sets or series, or if their paths differ only in case.
   */
  claim(wanted: string, instance: ItemIds): string
  /** Releases a path, so that another instance can claim it. Does nothing if it does not belong to this instance. */
  release(path: string, instance: ItemIds): void
  /** Assigns a path to an instance as in an earlier run. */
  restore(path: string, instance: ItemIds): void
}

/** Creates the owners of an empty destination. No instance can claim a path that the record uses. */
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
      // An instance keeps the path of an earlier run, even if the path it wanted is free now.
      if (ownerOf(wanted) === undefined && ownerOf(other) === owner) return other
      let path = wanted
      // The alternative path may be taken as well.
      for (let attempt = owner; !take(path, owner); attempt += '+') path = layout.alternative(wanted, attempt)
      return path
    },
    release(path, instance) {
      if (ownerOf(path) === itemDigest(instance)) ownerByPath.delete(keyOf(...splitPath(foldCase(path))))
    },
    [Symbol.dispose]: () => ownerByPath[Symbol.dispose](),
  }
}
