import type { FileDigest } from '../destination/file-writer.ts'
import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import { digestOf } from '../reading/digest-content.ts'
import type { ManifestFile } from './read-manifest.ts'

/** What the lines of a manifest add up to. */
export interface FileCounts {
  /** Files that the manifest names. */
  readonly files: number
  /** Bytes of these files. */
  readonly bytes: number
  /** Files of these whose frames could not be compared with AHI's checksums. */
  readonly unverifiedFiles: number
  /** Files of these whose frames were not compared, since that was turned off. */
  readonly uncheckedFiles: number
}

/**
 * What a record was when it was closed. It describes the whole export, of all runs. Counts are absent if the run was cut
 * short.
 */
export interface RecordState extends Partial<FileCounts> {
  /** What the last run selected. */
  readonly selection?: string | undefined
  /** Selections of earlier runs that were not complete, and that no later run has completed. */
  readonly pending?: readonly string[] | undefined
  /** Size and SHA-256 of the DICOMDIR; absent if there is none. */
  readonly dicomdir?: FileDigest | undefined
  /** Size and SHA-256 of the files of the record, by name. */
  readonly digests: Readonly<Record<string, FileDigest>>
}

/** Files of a record, beside the manifest, whose content a summary vouches for. */
const otherFiles = [recordNames.errors, recordNames.warnings, recordNames.flushed, recordNames.description]

/** Counts files of a manifest one by one. */
export interface FileCounter {
  add(file: Pick<ManifestFile, 'bytes' | 'checksum'>): void
  counts(): FileCounts
}

/** Makes a counter of no files. */
export function createFileCounter(): FileCounter {
  const counts = { files: 0, bytes: 0, unverifiedFiles: 0, uncheckedFiles: 0 }
  return {
    add({ bytes, checksum }) {
      counts.files += 1
      counts.bytes += bytes
      if (checksum === 'unverified') counts.unverifiedFiles += 1
      if (checksum === 'skipped') counts.uncheckedFiles += 1
    },
    counts: () => ({ ...counts }),
  }
}

/** Returns size and SHA-256 of the files of a record, by name. */
export async function digestsOf(store: RecordStore, manifest: FileDigest): Promise<RecordState['digests']> {
  const digests: Record<string, FileDigest> = { [recordNames.manifest]: manifest }
  for (const name of otherFiles) {
    const content = await store.read(name)
    if (content !== undefined) digests[name] = await digestOf(content)
  }
  return digests
}
