import { foldCase } from '../layout/fold-case.ts'
import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { createKeySet, type KeySet } from '../keys/key-set.ts'
import { createGroupedKeys, splitPath } from './grouped-key.ts'
import type { ManifestFile } from './read-manifest.ts'

/**
 * Which files a later line replaces: of the same instance, format and frame, under another path. Another version of an
 * image set may have the instance in another series.
 */
export interface Replacements extends Disposable {
  /** Whether there are such files. */
  readonly hasReplaced: boolean
  /** Takes the next file. */
  add(file: ManifestFile): void
  /** To be asked when all files are added. */
  isReplaced(file: ManifestFile): boolean
}

/** Line, version and series of a file. */
type Place = readonly [number, string, string]

/** Makes the replacements of no files. */
export function createReplacements(options: KeyMapOptions): Replacements {
  const lastByKey = createKeyMap<readonly Place[]>(options)
  let hasReplaced = false

  return {
    get hasReplaced() {
      return hasReplaced
    },
    add(file) {
      const place = [file.line, file.versionId, file.seriesInstanceUid] as const
      if (lastByKey.add(keyOf(file), [place])) return
      const earlier = lastByKey.get(keyOf(file)) ?? []
      const others = earlier.filter((other) => isOfOtherSeries(other, place))
      hasReplaced ||= others.length < earlier.length
      lastByKey.set(keyOf(file), [...others, place])
    },
    isReplaced(file) {
      return hasReplaced && lastByKey.get(keyOf(file))?.some(([line]) => line === file.line) !== true
    },
    [Symbol.dispose]: () => lastByKey[Symbol.dispose](),
  }
}

function keyOf({ datastoreId, imageSetId, sopInstanceUid, format, frame }: ManifestFile): string {
  return `${datastoreId}/${imageSetId}/${sopInstanceUid}/${format}/${frame ?? ''}`
}

/** Returns whether a version of an image set has two files because it has the instance in two series. */
function isOfOtherSeries([, version, series]: Place, [, otherVersion, otherSeries]: Place): boolean {
  return version === otherVersion && series !== otherSeries
}

/** Paths that are the same as none of others on any file system. */
export interface FoldedPaths extends Disposable {
  add(path: string): void
  has(path: string): boolean
}

/** Makes an empty set of paths. */
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
