import { stemOf } from '../format/file-path.ts'
import type { Format } from '../format/format.ts'
import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { foldCase } from '../layout/fold-case.ts'
import { lessVerified } from './checksum-order.ts'
import type { ChecksumResult, InstanceKey, ManifestEntry } from './entries.ts'
import { createGroupedKeys } from './grouped-key.ts'
import { shortDigest, type InstanceIds } from './instance-digest.ts'

/** An instance whose files are all recorded. */
export interface CompletedInstance {
  /** Of the file that is verified least. */
  readonly checksum: ChecksumResult
}

/** How far an instance is verified by the files that are recorded, and by those that were before the last one. */
export interface VerifiedInstance {
  readonly before: ChecksumResult | undefined
  readonly now: ChecksumResult
}

/** A recorded file. */
type IndexedFile = Pick<
  ManifestEntry,
  | 'datastoreId'
  | 'imageSetId'
  | 'versionId'
  | 'seriesInstanceUid'
  | 'sopInstanceUid'
  | 'path'
  | 'format'
  | 'frames'
  | 'frame'
> & { readonly checksum: ChecksumResult | undefined }

/** Which instances are written and recorded. */
export interface WrittenIndex extends Disposable {
  /** Returns how far its instance is verified in this version. Undefined if its format does not count. */
  add(file: IndexedFile): VerifiedInstance | undefined
  /** Returns an instance if all its files in all formats are recorded under the path `stem`. */
  find(key: InstanceKey, stem: string): CompletedInstance | undefined
}

interface Written {
  readonly versionId: string
  readonly stem: string
  readonly frames: number
  readonly checksum: ChecksumResult
  /** Wanted files, by position of the format. */
  readonly counts: readonly number[]
}

/** Makes an index for an export in these formats. Files of another version, or under another path, do not count. */
export function createWrittenIndex(
  formats: readonly Pick<Format, 'name' | 'frames'>[],
  options: KeyMapOptions,
): WrittenIndex {
  const writtenByInstance = createKeyMap<Written>(options)
  const groupedKey = createGroupedKeys()

  function keyOf({ datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid }: InstanceIds): string {
    return groupedKey(`${datastoreId}/${imageSetId}/${seriesInstanceUid}`, sopInstanceUid)
  }

  return {
    add(file) {
      if (!formats.some(({ name }) => name === file.format)) return undefined
      const key = keyOf(file)
      const { versionId, frames } = file
      const stem = stemDigest(stemOf(file.path, { ...file, frameCount: frames }))
      const first = {
        versionId,
        stem,
        frames,
        checksum: file.checksum ?? 'unverified',
        counts: formats.map((format) => (isWanted(file, format) ? 1 : 0)),
      }
      if (writtenByInstance.add(key, first)) return { before: undefined, now: first.checksum }
      const known = writtenByInstance.get(key)
      const isSameVersion = known?.versionId === versionId
      const written = isSameVersion && known.stem === stem ? together(known, first) : first
      writtenByInstance.set(key, written)
      return { before: isSameVersion ? known.checksum : undefined, now: written.checksum }
    },
    find(key, stem) {
      const written = writtenByInstance.get(keyOf(key))
      if (written?.versionId !== key.versionId || written.stem !== stemDigest(stem)) return undefined
      const { frames, counts, checksum } = written
      return formats.every((format, position) => hasAll(format, frames, counts[position] ?? 0))
        ? { checksum }
        : undefined
    },
    [Symbol.dispose]: () => writtenByInstance[Symbol.dispose](),
  }
}

function together(one: Written, other: Written): Written {
  const checksum = lessVerified(one.checksum, other.checksum)
  return { ...one, checksum, counts: one.counts.map((count, position) => count + (other.counts[position] ?? 0)) }
}

function isWanted({ format, frame }: IndexedFile, { name, frames }: Pick<Format, 'name' | 'frames'>): boolean {
  return name === format && (frames === undefined || frames.includes(frame ?? 0))
}

/** File systems without case have one file for paths that differ in case. */
function stemDigest(stem: string): string {
  return shortDigest(foldCase(stem))
}

function hasAll({ frames: wanted }: Pick<Format, 'frames'>, frameCount: number, written: number): boolean {
  if (wanted === undefined) return written > 0
  return frameCount === 0 || (wanted.firstMissing(frameCount) === undefined && written >= wanted.count(frameCount))
}
