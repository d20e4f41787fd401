import type { RecordStore } from '../destination/record-store.ts'
import { createKeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { lessVerified } from '../record/checksum-order.ts'
import type { ChecksumResult } from '../record/entries.ts'
import { createGroupedKeys } from '../record/grouped-key.ts'
import type { RecordedFile } from '../record/manifest-line.ts'
import { readManifest } from '../record/read-manifest.ts'
import type { MergedCounts, MergeOptions } from './merged-records.ts'

/** Counts of the files of a merged manifest. */
export type MergedFileCounts = Pick<
  MergedCounts,
  'instances' | 'unverifiedInstances' | 'uncheckedInstances' | 'files' | 'byteLength' | 'frames'
>

/** Options of {@link countFiles}. */
export interface CountFilesOptions extends KeyMapOptions, Pick<MergeOptions, 'isFailed'> {
  readonly signal?: AbortSignal | undefined
}

/**
 * Counts the files of a manifest and their instances. Instances are counted by their own files, unless they failed. If
 * the manifest has no such files, the files of series and the finished image sets say how many instances there are.
 */
export async function countFiles(
  store: RecordStore,
  { isFailed, ...options }: CountFilesOptions,
): Promise<MergedFileCounts> {
  using manifest = await readManifest(store, options)
  using items = createKeyMap<CountedItem>(options)
  /** The number of instances in files of series, by image set. */
  using inSeries = createKeyMap<number>(options)
  const keyOf = createGroupedKeys()
  const counts = { files: 0, byteLength: 0 }
  const sums = { instance: noSums(), series: noSums() }
  let hasInstanceFiles = false
  for await (const file of manifest?.files() ?? []) {
    const { datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid = '', checksum = 'unverified' } = file
    counts.files += 1
    counts.byteLength += file.bytes
    if (file.scope !== 'series') {
      hasInstanceFiles = true
      if (isFailed?.({ datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid }) === true) continue
    }
    const key = keyOf(`${datastoreId}/${imageSetId}/${seriesInstanceUid}`, sopInstanceUid)
    const item = { checksum, frames: framesOf(file), instances: file.scope === 'series' ? file.instances : 1 }
    const sum = sums[file.scope ?? 'instance']
    if (items.add(key, item)) {
      change(sum, item, 1)
      if (file.scope === 'series') inSeries.set(imageSetId, (inSeries.get(imageSetId) ?? 0) + file.instances)
    } else {
      const known = items.get(key) ?? item
      change(sum, known, -1)
      const both = {
        ...known,
        frames: Math.max(known.frames, item.frames),
        checksum: lessVerified(known.checksum, checksum),
      }
      change(sum, both, 1)
      items.set(key, both)
    }
  }
  if (!hasInstanceFiles) {
    // A series without pixels may have no file.
    for (const { imageSetId, instances } of manifest?.index.finished() ?? []) {
      sums.series.instances += Math.max(0, instances - (inSeries.get(imageSetId) ?? 0))
    }
  }
  const { instances, frames, unverified, skipped } = hasInstanceFiles ? sums.instance : sums.series
  return { instances, unverifiedInstances: unverified, uncheckedInstances: skipped, frames, ...counts }
}

/** An instance or a series with recorded files. */
interface CountedItem {
  readonly checksum: ChecksumResult
  readonly frames: number
  readonly instances: number
}

type Sums = Record<ChecksumResult | 'instances' | 'frames', number>

function noSums(): Sums {
  return { instances: 0, frames: 0, verified: 0, unverified: 0, skipped: 0, none: 0 }
}

function change(sums: Sums, { checksum, frames, instances }: CountedItem, sign: 1 | -1): void {
  sums.instances += sign * instances
  sums.frames += sign * frames
  sums[checksum] += sign * instances
}

/** Returns the number of AHI's frames in a file. Files of attributes only have none, although they record `frames`. */
function framesOf(file: RecordedFile): number {
  return file.checksum === 'none' && (file.scope === 'series' || file.frame === undefined) ? 0 : file.frames
}
