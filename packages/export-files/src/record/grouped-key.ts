import { shortDigest } from './item-digest.ts'

/**
 * Returns a function that makes short keys for {@link KeyMap}. Keys of one group begin alike, so that those that are used
 * one after another lie together. Keys are digests: a temporary file has no names of patients.
 */
export function createGroupedKeys(): (group: string, item: string) => string {
  let last = { group: '', digest: groupDigest('') }
  return (group, item) => {
    if (group !== last.group) last = { group, digest: groupDigest(group) }
    return last.digest + shortDigest(item)
  }
}

/** 72 bits are enough: the digest of the item tells keys apart. */
function groupDigest(group: string): string {
  return shortDigest(group).slice(0, 12)
}

/** Returns the folder of a path, and the rest. */
export function splitPath(path: string): readonly [string, string] {
  const end = path.lastIndexOf('/') + 1
  return [path.slice(0, end), path.slice(end)]
}
