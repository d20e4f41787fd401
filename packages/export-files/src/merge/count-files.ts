import type { RecordStore } from '../destination/record-store.ts'
import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { lessVerified } from '../record/checksum-order.ts'
import type { ChecksumResult } from '../record/entries.ts'
import { createGroupedKeys } from '../record/grouped-key.ts'
import { readManifest } from '../record/read-manifest.ts'
import type { MergedCounts } from './merged-records.ts'

/** What the files of a manifest add up to. */
export type MergedFileCounts = Pick<
  MergedCounts,
  'instances' | 'unverifiedInstances' | 'uncheckedInstances' | 'files' | 'byteLength' | 'frames'
>

/** Counts the files of a manifest and their instances. */
export async function countFiles(
  store: RecordStore,
  options: KeyMapOptions & { readonly signal?: AbortSignal | undefined },
): Promise<MergedFileCounts> {
  using manifest = await readManifest(store, options)
  using instances = createKeyMap<ChecksumResult>(options)
  const keyOf = createGroupedKeys()
  const counts = { files: 0, byteLength: 0, frames: 0 }
  const byChecksum = { verified: 0, unverified: 0, skipped: 0, none: 0 }
  for await (const file of manifest?.files() ?? []) {
    const { datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid, checksum = 'unverified' } = file
    counts.files += 1
    counts.byteLength += file.bytes
    const key = keyOf(`${datastoreId}/${imageSetId}/${seriesInstanceUid}`, sopInstanceUid)
    if (instances.add(key, checksum)) {
      // Attributes alone tell of frames that are not there. A picture may be of none of AHI's frames.
      if (checksum !== 'none' || file.frame !== undefined) counts.frames += file.frames
      byChecksum[checksum] += 1
      continue
    }
    const known = instances.get(key) ?? checksum
    const least = lessVerified(known, checksum)
    byChecksum[known] -= 1
    byChecksum[least] += 1
    instances.set(key, least)
  }
  const { unverified: unverifiedInstances, skipped: uncheckedInstances } = byChecksum
  return { instances: instances.size, unverifiedInstances, uncheckedInstances, ...counts }
}
