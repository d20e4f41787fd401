import { foldCase } from '../layout/fold-case.ts'
import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { createKeySet, type KeySet } from '../keys/key-set.ts'
import { createGroupedKeys, splitPath } from './grouped-key.ts'
import type { ManifestFile } from './read-manifest.ts'

/**
 * Which files a later line replaces: of the same instance, format and frame, under another path. Another version of an
 * image set may have the instance in another series. The files of a series are replaced as a whole: by later ones of
 * another version, or of other instances.
 */
export interface Replacements extends Disposable {
  /** Whether there are such files. */
  readonly hasReplaced: boolean
  /** Takes the next file. */
  add(file: ManifestFile): void
  /** To be asked when all files are added. */
  isReplaced(file: ManifestFile): boolean
}

/** Line, version and series of a file. Of a series: the first line of its last files, their version, and their instances. */
type Place = readonly [number, string, string]

/** Makes the replacements of no files. */
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
