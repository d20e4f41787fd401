import { foldCase } from '../layout/fold-case.ts'
import { shortDigest } from './instance-digest.ts'
import type { ManifestFile } from './read-manifest.ts'

/**
 * Returns the files that a later line replaces: of the same instance, format and frame, under another path. Another version
 * of an image set may have the instance in another series.
 */
export function replacedFiles(files: Iterable<ManifestFile>): readonly ManifestFile[] {
  const lastByKey = new Map<string, readonly ManifestFile[]>()
  const replaced: ManifestFile[] = []
  for (const file of files) {
    const { datastoreId, imageSetId, sopInstanceUid, format, frame } = file
    const key = shortDigest(JSON.stringify([datastoreId, imageSetId, sopInstanceUid, format, frame]))
    const earlier = lastByKey.get(key) ?? []
    const others = earlier.filter((other) => isOfOtherSeries(other, file))
    if (others.length < earlier.length) replaced.push(...earlier.filter((other) => !others.includes(other)))
    lastByKey.set(key, [...others, file])
  }
  return replaced
}

/** Returns whether a version of an image set has two files because it has the instance in two series. */
function isOfOtherSeries(one: ManifestFile, other: ManifestFile): boolean {
  return one.versionId === other.versionId && one.seriesInstanceUid !== other.seriesInstanceUid
}

/** Returns the paths that are the same as none of `kept` on any file system: their files can be removed. */
export function removable(paths: readonly string[], kept: Iterable<string>): readonly string[] {
  if (paths.length === 0) return paths
  const folded = new Set(Array.from(kept, foldCase))
  return paths.filter((path) => !folded.has(foldCase(path)))
}
