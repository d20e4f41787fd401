/** One image set, at one version or the latest. */
export interface ImageSetRequest {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly versionId?: string | undefined
}
