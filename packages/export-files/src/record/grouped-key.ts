import { shortDigest } from './item-digest.ts'

/**
 * Returns a function that makes short keys for {@link KeyMap}. Keys of one group share a prefix, so that they are close
 * to each other in the database. Keys are digests, so that temporary files contain no patient data.
 */
export function createGroupedKeys(): (group: string, item: string) => string {
  let last = { group: '', digest: groupDigest('') }
  return (group, item) => {
    if (group !== last.group) last = { group, digest: groupDigest(group) }
    return last.digest + shortDigest(item)
  }
}

/** Returns a 72-bit digest of a group. The digest of the item makes the whole key unique. */
function groupDigest(group: string): string {
  return shortDigest(group).slice(0, 12)
}

/** Returns the folder of a path with its slash, and the file name. */
export function splitPath(path: string): readonly [string, string] {
  const end = path.lastIndexOf('/') + 1
  return [path.slice(0, end), path.slice(end)]
}
