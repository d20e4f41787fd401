import type { Format } from '../format/format.ts'
import { isInstanceFormat, type RecordedFormat } from '../format/series-format.ts'
import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { foldCase } from '../layout/fold-case.ts'
import { lessVerified } from './checksum-order.ts'
import type { ChecksumResult, ItemKey, ManifestEntry } from './entries.ts'
import { createGroupedKeys } from './grouped-key.ts'
import { shortDigest, type ItemIds } from './item-digest.ts'
import type { RecordedFile, RecordedInstanceFile } from './manifest-line.ts'
import { recordedStem } from './recorded-stem.ts'

/** An instance or a series whose files are all recorded. */
export interface CompletedItem {
  /** Result of the least verified file. */
  readonly checksum: ChecksumResult
}

/** Checksum result of an instance or a series, before and after a file was added. */
export interface VerifiedItem {
  /** Undefined if the added file is the first one of this version. */
  readonly before: ChecksumResult | undefined
  readonly now: ChecksumResult
  /** Number of instances that the result counts for. 0 for a series if the export also has formats of instances. */
  readonly instances: number
}

/** Index of the instances and series whose files are recorded. */
export interface WrittenIndex extends Disposable {
  /**
   * Adds a file. Returns the checksum result of its instance or series, or undefined if its format is not of this
   * export.
   */
  add(file: RecordedFile | ManifestEntry): VerifiedItem | undefined
  /**
   * Returns an instance or a series if all its files in all formats are recorded under the path `stem`, else undefined.
   */
  find(key: ItemKey, stem: string): CompletedItem | undefined
}

interface Written {
  /** Version of the image set. For a series, followed by the digest of its instances. */
  readonly version: string
  readonly stem: string
  /** Number of frames of an instance, or number of files of a series. */
  readonly expected: number
  readonly checksum: ChecksumResult
  /** Number of recorded files: one number per format for an instance, a single number for a series. */
  readonly counts: readonly number[]
}

/**
 * Creates an index for an export in these formats. When a file of another version or under another path is added,
 * earlier files of its instance or series no longer count.
 */
export function createWrittenIndex(formats: readonly RecordedFormat[], options: KeyMapOptions): WrittenIndex {
  const written = createKeyMap<Written>(options)
  const groupedKey = createGroupedKeys()
  const ofInstances = formats.filter(isInstanceFormat)

  function keyOf({ datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid = '' }: ItemIds): string {
    return groupedKey(`${datastoreId}/${imageSetId}/${seriesInstanceUid}`, sopInstanceUid)
  }

  function countsOf(file: RecordedFile | ManifestEntry): readonly number[] {
    return file.scope === 'series' ? [1] : ofInstances.map((format) => (isWanted(file, format) ? 1 : 0))
  }

  function instancesOf(file: RecordedFile | ManifestEntry): number {
    if (file.scope !== 'series') return 1
    return ofInstances.length === 0 ? file.instances : 0
  }

  return {
    add(file) {
      if (!formats.some(({ scope, name }) => name === file.format && scope === file.scope)) return undefined
      const key = keyOf(file)
      const stem = stemDigest(recordedStem(file))
      const first = {
        version: versionOf(file),
        stem,
        expected: file.scope === 'series' ? file.files : file.frames,
        checksum: file.checksum ?? 'unverified',
        counts: countsOf(file),
      }
      const instances = instancesOf(file)
      if (written.add(key, first)) return { before: undefined, now: first.checksum, instances }
      const known = written.get(key)
      const isSameVersion = known?.version === first.version
      const item = isSameVersion && known.stem === stem ? together(known, first) : first
      written.set(key, item)
      return { before: isSameVersion ? known.checksum : undefined, now: item.checksum, instances }
    },
    find(key, stem) {
      const item = written.get(keyOf(key))
      if (item?.version !== versionOf(key) || item.stem !== stemDigest(stem)) return undefined
      const { expected, counts, checksum } = item
      const isComplete =
        key.sopInstanceUid === undefined
          ? (counts[0] ?? 0) >= expected
          : ofInstances.every((format, position) => hasAll(format, expected, counts[position] ?? 0))
      return isComplete ? { checksum } : undefined
    },
    [Symbol.dispose]: () => written[Symbol.dispose](),
  }
}

/** Returns the version of an instance or series. A series with other instances is another version. */
function versionOf(item: ItemKey | RecordedFile): string {
  return item.sopInstanceUid === undefined ? `${item.versionId} ${item.instancesSha256}` : item.versionId
}

function together(one: Written, other: Written): Written {
  const checksum = lessVerified(one.checksum, other.checksum)
  return { ...one, checksum, counts: one.counts.map((count, position) => count + (other.counts[position] ?? 0)) }
}

function isWanted(
  { format, frame }: Pick<RecordedInstanceFile, 'format' | 'frame'>,
  { name, frames }: Pick<Format, 'name' | 'frames'>,
): boolean {
  return name === format && (frames === undefined || frames.includes(frame ?? 0))
}

/**
 * Returns a digest of a path. It ignores case, because on some file systems paths that differ in case name the same
 * file.
 */
function stemDigest(stem: string): string {
  return shortDigest(foldCase(stem))
}

function hasAll(
  { frames: wanted, leastFrames = 0 }: Pick<Format, 'frames' | 'leastFrames'>,
  frameCount: number,
  written: number,
): boolean {
  if (wanted === undefined) return written > 0 || frameCount < leastFrames
  return frameCount === 0 || (wanted.firstMissing(frameCount) === undefined && written >= wanted.count(frameCount))
}
