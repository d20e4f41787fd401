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
  /** Instances that these files are of. */
  readonly instances: number
  /** Files of these whose frames could not be compared with AHI's checksums. */
  readonly unverifiedFiles: number
  /** Files of these whose frames were not compared, since that was turned off. */
  readonly uncheckedFiles: number
}

/** What a record was when it was closed. It describes the whole export, of all runs. */
export interface RecordState extends FileCounts {
  /** Size and SHA-256 of the files of the record, by name. */
  readonly digests: Readonly<Record<string, FileDigest>>
}

/** Files of a record, beside the manifest, whose content a summary vouches for. */
const otherFiles = [recordNames.errors, recordNames.warnings, recordNames.flushed]

/** Counts the files of a manifest. */
export function countFiles(files: readonly ManifestFile[]): FileCounts {
  return {
    files: files.length,
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    instances: new Set(files.map(({ imageSetId, sopInstanceUid }) => `${imageSetId}/${sopInstanceUid}`)).size,
    unverifiedFiles: files.filter(({ checksum }) => checksum === 'unverified').length,
    uncheckedFiles: files.filter(({ checksum }) => checksum === 'skipped').length,
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
