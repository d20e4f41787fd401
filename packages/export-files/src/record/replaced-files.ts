import { foldCase } from '../layout/fold-case.ts'
import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { createKeySet, type KeySet } from '../keys/key-set.ts'
import { createGroupedKeys, splitPath } from './grouped-key.ts'
import type { ManifestFile } from './read-manifest.ts'

/**
 * Finds files that a later line replaces under another path. A file of an instance is replaced by a later one of the
 * same instance, format and frame, even if it is in another series in a later version of the image set. All files of a
 * series are replaced together, by later ones of another version or of other instances.
 */
export interface Replacements extends Disposable {
  /** True if any added file is replaced. */
  readonly hasReplaced: boolean
  /** Adds the next file, in the order of the manifest. */
  add(file: ManifestFile): void
  /** Returns true if a later file replaces this one. Call it after all files are added. */
  isReplaced(file: ManifestFile): boolean
}

/**
 * For a file of an instance: its line, version and series. For the files of a series: the first line of the newest
 * ones, their version, and the digest of their instances.
 */
type Place = readonly [number, string, string]

/** Creates an empty {@link Replacements}. */
export function createReplacements(options: KeyMapOptions): Replacements {
  const lastByKey = createKeyMap<readonly Place[]>(options)
  let hasReplaced = false

  function addOfSeries(file: ManifestFile, [line, version, instances]: Place): void {
    const [last] = lastByKey.get(keyOf(file)) ?? []
    if (last?.[1] === version && last[2] === instances) return
    hasReplaced = true
    lastByKey.set(keyOf(file), [[line, version, instances]])
  }

  return {
    get hasReplaced() {
      return hasReplaced
    },
    add(file) {
      const place = placeOf(file)
      if (lastByKey.add(keyOf(file), [place])) return
      if (file.scope === 'series') return addOfSeries(file, place)
      const earlier = lastByKey.get(keyOf(file)) ?? []
      const others = earlier.filter((other) => isOfOtherSeries(other, place))
      hasReplaced ||= others.length < earlier.length
      lastByKey.set(keyOf(file), [...others, place])
    },
    isReplaced(file) {
      if (!hasReplaced) return false
      const places = lastByKey.get(keyOf(file)) ?? []
      if (file.scope === 'series') return places.some(([line]) => file.line < line)
      return !places.some(([line]) => line === file.line)
    },
    [Symbol.dispose]: () => lastByKey[Symbol.dispose](),
  }
}

function keyOf(file: ManifestFile): string {
  const ofImageSet = `${file.datastoreId}/${file.imageSetId}`
  if (file.scope === 'series') return `${ofImageSet}/${file.seriesInstanceUid}`
  return `${ofImageSet}/${file.sopInstanceUid}/${file.format}/${file.frame ?? ''}`
}

function placeOf(file: ManifestFile): Place {
  return [file.line, file.versionId, file.scope === 'series' ? file.instancesSha256 : file.seriesInstanceUid]
}

/**
 * Returns true if two files do not replace each other, because one version of an image set has the instance in two
 * series.
 */
function isOfOtherSeries([, version, series]: Place, [, otherVersion, otherSeries]: Place): boolean {
  return version === otherVersion && series !== otherSeries
}

/** A set of paths that treats paths as equal if they are equal on any file system, such as a case-insensitive one. */
export interface FoldedPaths extends Disposable {
  add(path: string): void
  has(path: string): boolean
}

/** Creates an empty set of paths. */
export function createFoldedPaths(options: KeyMapOptions): FoldedPaths {
  const keys: KeySet = createKeySet(options)
  const keyOf = createGroupedKeys()
  const key = (path: string): string => keyOf(...splitPath(foldCase(path)))
  return {
    add: (path) => void keys.add(key(path)),
    has: (path) => keys.has(key(path)),
    [Symbol.dispose]: () => keys[Symbol.dispose](),
  }
}
