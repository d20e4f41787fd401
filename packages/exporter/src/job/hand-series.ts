import { dicomizeInstance } from '@ahi-dicom/dicomizer'
import { instancesDigest, type SeriesKey } from '@ahi-dicom/export-files'
import { SeriesInTwoImageSetsError } from '../errors.ts'
import { failureOf } from '../failure/failure.ts'
import { failedItem, type SeriesItem } from '../lane/lane-item.ts'
import type { LoadedImageSet } from '../selection/load-metadata.ts'
import { walkedItem } from '../selection/walk-selection.ts'
import type { HeldItem } from '../sync/held-items.ts'
import { claim, handOut, skipItem, takeHanded, type Hand } from './hand.ts'
import type { ItemPlace } from './handed-items.ts'
import type { JobImageSet } from './job-image-set.ts'
import type { JobInstance } from './job-instance.ts'
import type { JobSeries } from './job-series.ts'

/**
 * Notes that an instance of an image set was walked. `instance` is undefined if another image set has it. Hands out the
 * series of the image set after its last instance.
 */
export async function gatherSeries(
  hand: Hand,
  { imageSet, loaded }: { readonly imageSet: JobImageSet; readonly loaded: LoadedImageSet },
  { seriesInstanceUid, instance }: { readonly seriesInstanceUid: string; readonly instance: JobInstance | undefined },
): Promise<void> {
  const { series } = hand
  if (series === undefined) return
  const known = imageSet.series.get(seriesInstanceUid) ?? []
  if (instance !== undefined) known.push(instance)
  imageSet.series.set(seriesInstanceUid, known)
  imageSet.unwalked -= 1
  if (imageSet.unwalked > 0) return
  for (const [uid, instances] of imageSet.series) {
    imageSet.series.delete(uid)
    await handSeries(hand, series, { imageSet, loaded, instances })
  }
}

/** A series of an image set, with its instances in the order of the document. */
export interface SeriesToHand extends Pick<ItemPlace, 'imageSet' | 'instances' | 'onEnd'> {
  readonly loaded: LoadedImageSet
}

/** Hands out a series once the lanes have room. Skips it if its files exist. */
export async function handSeries(
  hand: Hand,
  series: JobSeries,
  { imageSet, loaded, instances, onEnd }: SeriesToHand,
): Promise<void> {
  const [first] = instances
  if (first === undefined) {
    // All instances of the series are in other image sets.
    await hand.imageSets.skip(imageSet)
    return
  }
  const key = seriesKeyOf(first, instances)
  const { owner, replaced } = await findOwner(hand, series, key)
  const entryOf = (instance: JobInstance): SeriesItem['entries'][number] =>
    walkedItem({ ...instance, imageSet: loaded }).entry
  const wanted = series.layout.path(dicomizeInstance(entryOf(first)))
  const { losslessStorageFormat, isLatestVersion } = loaded
  const item = {
    key,
    entries: instances.map(entryOf),
    losslessStorageFormat,
    isLatestVersion,
    countsFrames: !hand.hasInstanceFiles,
  }
  const place = { imageSet, instances, key, replaced, onEnd }
  if (owner !== imageSet.imageSetId) {
    const error = new SeriesInTwoImageSetsError(key.seriesInstanceUid, [owner, imageSet.imageSetId])
    const id = hand.items.nextId()
    await takeHanded(hand, { ...place, item: { ...item, id, stem: wanted } }, failedItem(id, [failureOf(error)]))
    return
  }
  const claimed = claim(hand, wanted, place)
  if (claimed.completed === undefined) await handOut(hand, place, { ...item, ...claimed.place })
  else await skipItem(hand, place, claimed.completed)
}

function seriesKeyOf({ key }: JobInstance, instances: readonly JobInstance[]): SeriesKey {
  const { datastoreId, imageSetId, versionId, studyInstanceUid, seriesInstanceUid } = key
  return {
    datastoreId,
    imageSetId,
    versionId,
    studyInstanceUid,
    seriesInstanceUid,
    instances: instances.length,
    instancesSha256: instancesDigest(instances.map((instance) => instance.key.sopInstanceUid)),
  }
}

interface SeriesOwner {
  /** The image set that the series files are made from. */
  readonly owner: string
  /** Recorded files of another image set that the new files replace. */
  readonly replaced: HeldItem | undefined
}

/**
 * Finds the owner of a series. An image set that is recorded as a whole, and that the sync does not read again, keeps
 * its series.
 */
async function findOwner({ sync }: Hand, series: JobSeries, key: SeriesKey): Promise<SeriesOwner> {
  const replaced = await sync?.held.ofOther(key)
  const isKept = replaced !== undefined && sync?.isPassed(replaced.imageSetId) === true
  return isKept ? { owner: replaced.imageSetId, replaced: undefined } : { owner: series.ownerOf(key), replaced }
}
