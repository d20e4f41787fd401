/**
 * Returns a negative number if the first version of an image set is older, a positive one if it is newer, and 0 if both
 * are the same. AHI counts versions from 1.
 */
export function compareVersions(one: string, other: string): number {
  if (one.length !== other.length) return one.length - other.length
  if (one === other) return 0
  return one < other ? -1 : 1
}
