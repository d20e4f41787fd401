/** One image set, at a given version or the latest. */
export interface ImageSetRequest {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly versionId?: string | undefined
}
