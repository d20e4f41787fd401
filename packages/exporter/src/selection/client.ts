import type { AhiClient, ImageSetSummary } from '@ahi-dicom/ahi-client'

/**
 * The part of the AHI API that an exporter uses. `createAhiClient` of `@ahi-dicom/ahi-client` makes one. Some methods
 * are optional. Without `getDatastore`, frames with an unknown transfer syntax are taken as HTJ2K until their bytes
 * show otherwise. Without `getDICOMInstance`, whole instances are not available. Without `streamImageFrame`, videos
 * must fit into memory. Without `shareAccess`, exports run in the main thread. Without `requestCounts`, summaries list
 * no requests.
 */
export interface ExporterClient
  extends
    Pick<AhiClient, 'searchImageSets' | 'getImageSet' | 'getImageSetMetadata' | 'getImageFrame'>,
    Partial<
      Pick<AhiClient, 'getDatastore' | 'getDICOMInstance' | 'streamImageFrame' | 'shareAccess' | 'requestCounts'>
    > {}

/** A search for the image sets of a study. */
export interface StudySearch {
  readonly datastoreId: string
  readonly studyInstanceUid: string
  readonly signal?: AbortSignal | undefined
}

/** Returns all image sets of a study. */
export async function searchStudy(client: ExporterClient, search: StudySearch): Promise<ImageSetSummary[]> {
  const { studyInstanceUid, ...request } = search
  const summaries: ImageSetSummary[] = []
  for await (const summary of client.searchImageSets({ ...request, filters: { studyInstanceUid } })) {
    summaries.push(summary)
  }
  return summaries
}

/**
 * Returns true if an image set is primary. Without `isPrimary`, which AHI has sent since 2025, it counts as primary.
 */
export function isPrimary(summary: { readonly isPrimary?: boolean | undefined }): boolean {
  return summary.isPrimary ?? true
}
