import { hash } from 'node:crypto'
import { shortHash } from './safe-name.ts'
import { digestOf } from './written-index.ts'
import type { InstanceKey } from './written-index.ts'

/** Who writes where, so that no instance overwrites another. */
export interface PathOwners {
  /**
   * The path for an instance: the one wanted, or where that belongs to another instance (the same SOP instance of another
   * image set, or a path that differs in case alone), the same with a short hash.
   */
  claim(wanted: string, instance: InstanceKey): string
}

export function createPathOwners(): PathOwners {
  const ownerByPath = new Map<string, string>()

  function take(path: string, owner: string): boolean {
    const digest = hash('sha256', path.toLowerCase(), 'base64').slice(0, 22)
    const current = ownerByPath.get(digest)
    if (current === undefined) ownerByPath.set(digest, owner)
    return current === undefined || current === owner
  }

  return {
    claim(wanted, instance) {
      const owner = digestOf(instance)
      if (take(wanted, owner)) return wanted
      const other = `${wanted}-${shortHash(owner)}`
      take(other, owner)
      return other
    },
  }
}
