import { stemOf } from '../format/file-path.ts'
import type { Format } from '../format/format.ts'
import { foldCase } from '../layout/fold-case.ts'
import { lessVerified } from './checksum-order.ts'
import type { ChecksumResult, InstanceKey, ManifestEntry } from './entries.ts'
import { instanceDigest, shortDigest } from './instance-digest.ts'

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
export interface WrittenIndex {
  add(file: IndexedFile): void
  /** Returns an instance if all its files in all formats are recorded under the path `stem`. */
  find(key: InstanceKey, stem: string): CompletedInstance | undefined
}

interface Written {
  readonly versionId: string
  readonly stem: string
  readonly frames: number
  checksum: ChecksumResult
  /** Wanted files, by position of the format. */
  readonly counts: number[]
}

/** Makes an index for an export in these formats. Files of another version, or under another path, do not count. */
export function createWrittenIndex(formats: readonly Pick<Format, 'name' | 'frames'>[]): WrittenIndex {
  const writtenByInstance = new Map<string, Written>()

  function writtenOf(file: IndexedFile): Written {
    const { versionId, frames } = file
    const digest = instanceDigest(file)
    const stem = stemDigest(stemOf(file.path, { ...file, frameCount: frames }))
    const known = writtenByInstance.get(digest)
    if (known?.versionId === versionId && known.stem === stem) return known
    const written: Written = { versionId, stem, frames, checksum: 'none', counts: formats.map(() => 0) }
    writtenByInstance.set(digest, written)
    return written
  }

  return {
    add(file) {
      if (!formats.some(({ name }) => name === file.format)) return
      const written = writtenOf(file)
      written.checksum = lessVerified(written.checksum, file.checksum ?? 'unverified')
      formats.forEach(({ name, frames }, position) => {
        const isWanted = name === file.format && (frames === undefined || frames.includes(file.frame ?? 0))
        if (isWanted) written.counts[position] = (written.counts[position] ?? 0) + 1
      })
    },
    find(key, stem) {
      const written = writtenByInstance.get(instanceDigest(key))
      if (written?.versionId !== key.versionId || written.stem !== stemDigest(stem)) return undefined
      const { frames, counts, checksum } = written
      return formats.every((format, position) => hasAll(format, frames, counts[position] ?? 0))
        ? { checksum }
        : undefined
    },
  }
}

/** File systems without case have one file for paths that differ in case. */
function stemDigest(stem: string): string {
  return shortDigest(foldCase(stem))
}

function hasAll({ frames: wanted }: Pick<Format, 'frames'>, frameCount: number, written: number): boolean {
  if (wanted === undefined) return written > 0
  return frameCount === 0 || (wanted.firstMissing(frameCount) === undefined && written >= wanted.count(frameCount))
}
