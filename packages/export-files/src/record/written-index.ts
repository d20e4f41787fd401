import type { Format } from '../format/format.ts'
import type { InstanceKey } from './entries.ts'
import { instanceDigest } from './instance-digest.ts'
import type { RecordedFile } from './manifest-line.ts'

/** Which instances are written and recorded. */
export interface WrittenIndex {
  add(file: RecordedFile): void
  /** Returns whether all files of an instance in all formats are recorded. */
  has(key: InstanceKey): boolean
}

interface Written {
  readonly versionId: string
  readonly frames: number
  /** Wanted files, by position of the format. */
  readonly counts: number[]
}

/** Makes an index for an export in these formats. Files of another version of an image set do not count. */
export function createWrittenIndex(formats: readonly Pick<Format, 'name' | 'frames'>[]): WrittenIndex {
  const writtenByInstance = new Map<string, Written>()

  function writtenOf({ versionId, frames, ...key }: RecordedFile): Written {
    const digest = instanceDigest(key)
    const known = writtenByInstance.get(digest)
    if (known?.versionId === versionId) return known
    const written = { versionId, frames, counts: formats.map(() => 0) }
    writtenByInstance.set(digest, written)
    return written
  }

  return {
    add(file) {
      const { counts } = writtenOf(file)
      formats.forEach(({ name, frames }, position) => {
        const isWanted = name === file.format && (frames === undefined || frames.includes(file.frame ?? 0))
        if (isWanted) counts[position] = (counts[position] ?? 0) + 1
      })
    },
    has(key) {
      const written = writtenByInstance.get(instanceDigest(key))
      if (written === undefined || written.versionId !== key.versionId) return false
      return formats.every((format, position) => hasAll(format, written.frames, written.counts[position] ?? 0))
    },
  }
}

function hasAll({ frames: wanted }: Pick<Format, 'frames'>, frameCount: number, written: number): boolean {
  if (wanted === undefined) return written > 0
  return frameCount === 0 || (wanted.firstMissing(frameCount) === undefined && written >= wanted.count(frameCount))
}
