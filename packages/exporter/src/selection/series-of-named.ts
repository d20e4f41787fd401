import { imageSetInstances } from '@ahi-dicom/ahi-metadata'
import { isPrimary, searchStudy, type ExporterClient } from './client.ts'
import { isSearchableUid } from './searchable-uid.ts'
import type { SelectedImageSet } from './selection.ts'
import { instanceUids } from './walk-selection.ts'

/** The series of an image set that was named by its id. */
export interface SeriesOfNamed {
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  /** The ids of the image sets of the same series. */
  readonly sameSeries: readonly string[]
}

/**
 * Returns the series of an image set that was named by its id. Reads its document and searches the study. Returns
 * undefined for a primary image set, because no instance is in two primary ones.
 */
export async function seriesOfNamed(
  client: ExporterClient,
  { imageSetId, summary }: Pick<SelectedImageSet, 'imageSetId' | 'summary'>,
  version: { readonly versionId: string; readonly signal: AbortSignal },
): Promise<SeriesOfNamed | undefined> {
  if (summary.seriesInstanceUid !== undefined || isPrimary(summary)) return undefined
  const { datastoreId } = summary
  const { signal } = version
  const metadata = await client.getImageSetMetadata({ datastoreId, imageSetId, ...version })
  for (const entry of imageSetInstances(metadata)) {
    const { studyInstanceUid, seriesInstanceUid } = instanceUids(entry)
    if (!isSearchableUid(studyInstanceUid)) return undefined
    const ofStudy = await searchStudy(client, { datastoreId, studyInstanceUid, signal })
    const sameSeries = ofStudy.filter((other) => other.seriesInstanceUid === seriesInstanceUid)
    return { studyInstanceUid, seriesInstanceUid, sameSeries: sameSeries.map((other) => other.imageSetId) }
  }
  return undefined
}
