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
  add(file: IndexedFile): void
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
  const keyOf = createGroupedKeys()

  function keyOfInstance({ datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid }: InstanceIds): string {
    return keyOf(`${datastoreId}/${imageSetId}/${seriesInstanceUid}`, sopInstanceUid)
  }

  return {
    add(file) {
      if (!formats.some(({ name }) => name === file.format)) return
      const key = keyOfInstance(file)
      const { versionId, frames } = file
      const stem = stemDigest(stemOf(file.path, { ...file, frameCount: frames }))
      const known = writtenByInstance.get(key)
      const isKnown = known?.versionId === versionId && known.stem === stem
      const { checksum, counts } = isKnown ? known : { checksum: 'none' as const, counts: [] }
      writtenByInstance.set(key, {
        versionId,
        stem,
        frames: isKnown ? known.frames : frames,
        checksum: lessVerified(checksum, file.checksum ?? 'unverified'),
        counts: formats.map((format, position) => (counts[position] ?? 0) + (isWanted(file, format) ? 1 : 0)),
      })
    },
    find(key, stem) {
      const written = writtenByInstance.get(keyOfInstance(key))
      if (written?.versionId !== key.versionId || written.stem !== stemDigest(stem)) return undefined
      const { frames, counts, checksum } = written
      return formats.every((format, position) => hasAll(format, frames, counts[position] ?? 0))
        ? { checksum }
        : undefined
    },
    [Symbol.dispose]: () => writtenByInstance[Symbol.dispose](),
  }
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
