import type { AhiClient, ImageSetSummary } from '@ahi-dicom/ahi-client'

/**
 * What an exporter needs of the AHI API. The client of `@ahi-dicom/ahi-client` has it; a test's double can. Without
 * `getDatastore`, frames whose syntax is not named are taken to be HTJ2K until their bytes say otherwise; without
 * `getDICOMInstance` there are no whole instances; without `streamImageFrame` videos have to fit into memory; without
 * `shareAccess` exports run in the main thread; without `requestCounts` summaries tell no requests.
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

/** Finds all image sets of a study. */
export async function searchStudy(client: ExporterClient, search: StudySearch): Promise<ImageSetSummary[]> {
  const { studyInstanceUid, ...request } = search
  const summaries: ImageSetSummary[] = []
  for await (const summary of client.searchImageSets({ ...request, filters: { studyInstanceUid } })) {
    summaries.push(summary)
  }
  return summaries
}

/** AHI tells since 2025 which image sets are primary; without a word all are. */
export function isPrimary(summary: { readonly isPrimary?: boolean | undefined }): boolean {
  return summary.isPrimary ?? true
}
