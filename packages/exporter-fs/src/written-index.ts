import { hash } from 'node:crypto'
import type { FrameSelection } from './frame-selection.ts'
import type { JournaledFile } from './manifest.ts'

/** Names an instance of a run. */
export interface InstanceKey {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly sopInstanceUid: string
  /** Where given, files of another version do not count. */
  readonly versionId?: string | undefined
}

/** What is written and journaled, by instance. */
export interface WrittenIndex {
  add(file: JournaledFile): void
  /** Whether all files of an instance in these formats are there, pictures of the frames that are wanted. */
  has(key: InstanceKey, formats: readonly string[]): boolean
}

interface Written {
  readonly versionId: string
  readonly frames: number
  hasPart10: boolean
  /** Of frames that are wanted. */
  pictures: number
}

/** Makes an index for a run that writes pictures of these frames. */
export function createWrittenIndex(wanted: FrameSelection): WrittenIndex {
  const writtenByInstance = new Map<string, Written>()
  return {
    add({ versionId, frames, format, frame = 0, ...key }) {
      const known = writtenByInstance.get(digestOf(key))
      const written = known?.versionId === versionId ? known : { versionId, frames, hasPart10: false, pictures: 0 }
      if (format === 'dcm') written.hasPart10 = true
      else if (wanted.includes(frame)) written.pictures += 1
      writtenByInstance.set(digestOf(key), written)
    },
    has(key, formats) {
      const written = writtenByInstance.get(digestOf(key))
      if (written === undefined || (key.versionId !== undefined && key.versionId !== written.versionId)) return false
      return formats.every((format) => (format === 'png' ? hasPictures(written) : written.hasPart10))
    },
  }

  function hasPictures({ frames, pictures }: Written): boolean {
    return frames === 0 || (wanted.firstMissing(frames) === undefined && pictures >= wanted.count(frames))
  }
}

/** A whole data store may have millions of instances: a digest takes a fifth of the memory of their identifiers. */
export function digestOf({ datastoreId, imageSetId, sopInstanceUid }: InstanceKey): string {
  return hash('sha256', `${datastoreId}/${imageSetId}/${sopInstanceUid}`, 'base64').slice(0, 22)
}
