import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import { isFatal, isRetryable } from '../failure/failure.ts'
import type { LoadedImageSet, UnreadableImageSet } from '../selection/load-metadata.ts'
import type { SelectedImageSet } from '../selection/selection.ts'
import { bareSummary } from '../selection/select-summary.ts'
import { createSelectorGroup } from '../selection/selector-group.ts'
import type { StudySelector } from '../selection/selector.ts'
import { itemDigest, instanceUids } from '../selection/walk-selection.ts'
import type { InstanceUids } from '../errors.ts'
import type { SeriesOfImageSet } from './job-series.ts'
import type { ImageSetToExport } from './open-export-options.ts'
import type { JobOptions } from './job.ts'

/** Reads documents of image sets. */
export type ImageSetLoader = (selected: SelectedImageSet) => Promise<LoadedImageSet | UnreadableImageSet>

/** The wanted instances of a loaded image set. */
export interface WantedInstances {
  /** In the order of the document. */
  readonly instances: readonly ImageSetInstance[]
  /** Selectors that matched at least one instance. */
  readonly met: readonly StudySelector[]
}

/** Returns an image set and its version as a selection that wants all instances. */
export function selectedVersion(
  { datastoreId, source }: Pick<JobOptions, 'datastoreId' | 'source'>,
  { imageSetId, versionId }: Pick<ImageSetToExport, 'imageSetId' | 'versionId'>,
): SelectedImageSet {
  return {
    kind: 'image-set',
    imageSetId,
    summary: bareSummary({ datastoreId, imageSetId, versionId }),
    // A whole instance always has the latest version. Checking the version each time would halve the rate of documents.
    isVersionNamed: source === 'instance',
    groups: [],
    filters: [],
  }
}

/**
 * Returns the wanted instances, before `range` applies. `earlier` contains the instances of image sets that come first.
 */
export function wantedInstances(
  { instances }: Pick<LoadedImageSet, 'instances'>,
  { selectors = [], instances: only }: Pick<ImageSetToExport, 'selectors' | 'instances'>,
  { filters = [], earlier }: Pick<JobOptions, 'filters'> & { readonly earlier: ReadonlySet<string> },
): WantedInstances {
  const groups = Map.groupBy(selectors, ({ studyInstanceUid }) => studyInstanceUid)
  const byStudy = new Map(Array.from(groups, ([study, ofStudy]) => [study, createSelectorGroup(ofStudy)]))
  const onlyThese = only && new Set(only.map(nameOf))

  function isWanted(entry: ImageSetInstance): boolean {
    const uids = instanceUids(entry)
    if (selectors.length > 0 && byStudy.get(uids.studyInstanceUid)?.isWanted(uids) !== true) return false
    if (onlyThese?.has(nameOf(uids)) === false || earlier.has(itemDigest(uids))) return false
    return filters.every((filter) => filter.matches(entry))
  }

  const wanted = instances.filter(isWanted)
  const unmet = new Set([...byStudy.values()].flatMap((group) => group.unmet().map(({ selector }) => selector)))
  return { instances: wanted, met: selectors.filter((selector) => !unmet.has(selector)) }
}

/** Instances that other image sets export. */
interface EarlierInstances {
  readonly kind: 'found'
  /** Their digests. */
  readonly digests: ReadonlySet<string>
  /** Their series. A series of several image sets is listed for each of them, in their order. */
  readonly series: readonly SeriesOfImageSet[]
}

/**
 * Reads which instances the image sets in `after` export: those that match their selectors and the filters. An image
 * set that cannot be read for a lasting reason counts as empty, as in an export that selects it. An image set that may
 * be readable later is returned as unreadable.
 */
export async function earlierInstances(
  load: ImageSetLoader,
  { after = [] }: ImageSetToExport,
  options: Pick<JobOptions, 'datastoreId' | 'filters'>,
): Promise<EarlierInstances | UnreadableImageSet> {
  const digests = new Set<string>()
  const series: SeriesOfImageSet[] = []
  for (const imageSet of after) {
    const loading = await load(selectedVersion({ ...options, source: 'frames' }, imageSet))
    if (loading.kind === 'unreadable') {
      if (isRetryable(loading.error) || isFatal(loading.error)) return loading
      continue
    }
    const { imageSetId, selectors } = imageSet
    const ofImageSet = new Map<string, SeriesOfImageSet>()
    const { instances } = wantedInstances(loading, { selectors }, { ...options, earlier: new Set() })
    for (const entry of instances) {
      const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = instanceUids(entry)
      digests.add(itemDigest({ studyInstanceUid, seriesInstanceUid, sopInstanceUid }))
      ofImageSet.set(itemDigest({ studyInstanceUid, seriesInstanceUid }), {
        imageSetId,
        studyInstanceUid,
        seriesInstanceUid,
      })
    }
    series.push(...ofImageSet.values())
    loading.release()
  }
  return { kind: 'found', digests, series }
}

function nameOf({ seriesInstanceUid, sopInstanceUid }: InstanceUids): string {
  return `${seriesInstanceUid}/${sopInstanceUid}`
}
