import { foldCase } from '../layout/fold-case.ts'
import { instanceDigest } from './instance-digest.ts'
import type { ManifestFile } from './read-manifest.ts'

/**
 * Returns the files, in the order of their lines, that a later line replaces: of the same instance, format and frame,
 * under another path.
 */
export function replacedFiles(files: Iterable<ManifestFile>): readonly ManifestFile[] {
  const last = new Map<string, ManifestFile>()
  const replaced: ManifestFile[] = []
  for (const file of files) {
    const key = `${instanceDigest(file)} ${file.format} ${file.frame ?? ''}`
    const earlier = last.get(key)
    if (earlier !== undefined) replaced.push(earlier)
    last.set(key, file)
  }
  return replaced
}

/** Returns the paths that are the same as none of `kept` on any file system: their files can be removed. */
export function removable(paths: readonly string[], kept: Iterable<string>): readonly string[] {
  if (paths.length === 0) return paths
  const folded = new Set(Array.from(kept, foldCase))
  return paths.filter((path) => !folded.has(foldCase(path)))
}
