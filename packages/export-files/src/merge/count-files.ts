import type { RecordStore } from '../destination/record-store.ts'
import { createKeyMap, type KeyMap, type KeyMapOptions } from '../keys/key-map.ts'
import { lessVerified } from '../record/checksum-order.ts'
import type { ChecksumResult } from '../record/entries.ts'
import { createGroupedKeys } from '../record/grouped-key.ts'
import type { RecordedFile, RecordedSeriesFile } from '../record/manifest-line.ts'
import { readManifest, type Manifest } from '../record/read-manifest.ts'
import type { FailedInstances, MergedCounts } from './merged-records.ts'

/** Counts of the files of a merged manifest. */
export type MergedFileCounts = Pick<
  MergedCounts,
  'instances' | 'unverifiedInstances' | 'uncheckedInstances' | 'files' | 'byteLength' | 'frames'
>

/** Options of {@link countFiles}. */
export interface CountFilesOptions extends KeyMapOptions {
  readonly failed?: FailedInstances | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * Counts the files of a manifest and their instances. An instance counts if it did not fail, and it has files of its
 * own, its series has files, or its image set is finished: formats of pictures and series make no file of an instance
 * without pixels.
 */
export async function countFiles(
  store: RecordStore,
  { failed, ...options }: CountFilesOptions,
): Promise<MergedFileCounts> {
  using manifest = await readManifest(store, options)
  using series = createKeyMap<CountedSeries>(options)
  const files = await addFiles(manifest, { series, failed, options })
  /** The number of recorded and failed instances, by image set. */
  using ofImageSets = createKeyMap<number>(options)
  const counts = { instances: 0, frames: 0, unverifiedInstances: 0, uncheckedInstances: 0 }
  for (const [, counted] of series.entries()) {
    const { instances, frames, unverified, skipped } = sumsOf(counted, failed)
    counts.instances += instances
    counts.frames += frames
    counts.unverifiedInstances += unverified
    counts.uncheckedInstances += skipped
    const known = instances + (failed?.countOf(counted) ?? 0)
    ofImageSets.set(counted.imageSetId, (ofImageSets.get(counted.imageSetId) ?? 0) + known)
  }
  for (const { imageSetId, instances, selection } of manifest?.index.finished() ?? []) {
    // Without a selection, other image sets may have some of the instances.
    if (selection !== undefined) counts.instances += Math.max(0, instances - (ofImageSets.get(imageSetId) ?? 0))
  }
  return { ...counts, ...files }
}

/** The recorded files of a series and of its instances. */
interface CountedSeries extends Pick<RecordedFile, 'datastoreId' | 'imageSetId' | 'seriesInstanceUid'> {
  /** Sums over instances with files of their own. */
  readonly own: Sums
  /** The files of the series itself. Undefined if it has none. */
  readonly whole: CountedFiles | undefined
}

/** The files of a series itself. */
interface CountedFiles {
  readonly instances: number
  readonly checksum: ChecksumResult
  /** Frames in the files of each format. */
  readonly frames: Readonly<Record<string, number>>
}

/** An instance with files of its own. */
interface CountedInstance {
  readonly checksum: ChecksumResult
  readonly frames: number
}

type Sums = Readonly<Record<ChecksumResult | 'instances' | 'frames', number>>

const nothing: Sums = { instances: 0, frames: 0, verified: 0, unverified: 0, skipped: 0, none: 0 }

interface Counting {
  readonly series: KeyMap<CountedSeries>
  readonly failed: FailedInstances | undefined
  readonly options: KeyMapOptions
}

/** Adds the files of a manifest to their series. Returns the number of files and their size. */
async function addFiles(
  manifest: Manifest | undefined,
  { series, failed, options }: Counting,
): Promise<Pick<MergedFileCounts, 'files' | 'byteLength'>> {
  using instances = createKeyMap<CountedInstance>(options)
  const keyOf = createGroupedKeys()
  const counts = { files: 0, byteLength: 0 }
  for await (const file of manifest?.files() ?? []) {
    counts.files += 1
    counts.byteLength += file.bytes
    const { datastoreId, imageSetId, seriesInstanceUid } = file
    const name = `${datastoreId}/${imageSetId}/${seriesInstanceUid}`
    const key = keyOf(name, '')
    const known = series.get(key) ?? { datastoreId, imageSetId, seriesInstanceUid, own: nothing, whole: undefined }
    if (file.scope === 'series') series.set(key, { ...known, whole: withFile(known.whole, file) })
    else {
      const { sopInstanceUid } = file
      if (failed?.has({ datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid }) === true) continue
      const instanceKey = keyOf(name, sopInstanceUid)
      const before = instances.get(instanceKey)
      const now = instanceWith(before, file)
      instances.set(instanceKey, now)
      const without = before === undefined ? known.own : changed(known.own, before, -1)
      series.set(key, { ...known, own: changed(without, now, 1) })
    }
  }
  return counts
}

function withFile(known: CountedFiles | undefined, file: RecordedSeriesFile): CountedFiles {
  const { checksum = 'unverified', instances, format } = file
  const frames = known?.frames ?? {}
  return {
    instances,
    checksum: known === undefined ? checksum : lessVerified(known.checksum, checksum),
    frames: { ...frames, [format]: (frames[format] ?? 0) + framesOf(file) },
  }
}

function instanceWith(known: CountedInstance | undefined, file: RecordedFile): CountedInstance {
  const { checksum = 'unverified' } = file
  if (known === undefined) return { checksum, frames: framesOf(file) }
  return { checksum: lessVerified(known.checksum, checksum), frames: Math.max(known.frames, framesOf(file)) }
}

function changed(sums: Sums, { checksum, frames }: CountedInstance, sign: 1 | -1): Sums {
  return {
    ...sums,
    instances: sums.instances + sign,
    frames: sums.frames + sign * frames,
    [checksum]: sums[checksum] + sign,
  }
}

/** Returns the sums of a series: by the files of its instances, or by its own files if these are of more instances. */
function sumsOf({ own, whole, ...series }: CountedSeries, failed: FailedInstances | undefined): Sums {
  if (whole === undefined) return own
  const instances = whole.instances - (failed?.countOf(series) ?? 0)
  if (instances <= own.instances) return own
  const frames = Math.max(own.frames, ...Object.values(whole.frames))
  return { ...nothing, instances, frames, [whole.checksum]: instances }
}

/** Returns the number of AHI's frames in a file. Files of attributes only have none, although they record `frames`. */
function framesOf(file: RecordedFile): number {
  return file.checksum === 'none' && (file.scope === 'series' || file.frame === undefined) ? 0 : file.frames
}
