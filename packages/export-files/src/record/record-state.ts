import type { FileDigest } from '../destination/file-writer.ts'
import { recordNames } from '../destination/record-store.ts'
import type { RecordStore } from '../destination/record-store.ts'
import { digestOf } from '../reading/digest-content.ts'
import type { ManifestFile } from './read-manifest.ts'

/** Counts of the files that a manifest names. */
export interface FileCounts {
  /** Number of files. */
  readonly files: number
  /** Total size of the files in bytes. */
  readonly bytes: number
  /** Number of files with frames that could not be compared with AHI's checksums. */
  readonly unverifiedFiles: number
  /** Number of files with frames that were not compared, because verification was turned off. */
  readonly uncheckedFiles: number
}

/**
 * State of a record when it was closed. It covers all runs of the export. The counts are absent if the last run did not
 * reach its end.
 */
export interface RecordState extends Partial<FileCounts> {
  /** Name of the last run's selection. */
  readonly selection?: string | undefined
  /** Selections of earlier runs that were not complete, and that no later run has completed. */
  readonly pending?: readonly string[] | undefined
  /** Size and SHA-256 of the DICOMDIR. Absent if the last run wrote none. */
  readonly dicomdir?: FileDigest | undefined
  /** Size and SHA-256 of each file of the record, by name. */
  readonly digests: Readonly<Record<string, FileDigest>>
}

/** Files of a record, besides the manifest, whose digests are in the summary. */
const otherFiles = [recordNames.errors, recordNames.warnings, recordNames.flushed, recordNames.description]

/** Counts the files of a manifest. */
export interface FileCounter {
  add(file: Pick<ManifestFile, 'bytes' | 'checksum'>): void
  counts(): FileCounts
}

/** Creates a counter that starts at 0. */
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

/** Returns size and SHA-256 of each file of a record, by name. */
export async function digestsOf(store: RecordStore, manifest: FileDigest): Promise<RecordState['digests']> {
  const digests: Record<string, FileDigest> = { [recordNames.manifest]: manifest }
  for (const name of otherFiles) {
    const content = await store.read(name)
    if (content !== undefined) digests[name] = await digestOf(content)
  }
  return digests
}
