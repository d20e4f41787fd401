/** States of a data store in the AHI API. */
export type DatastoreStatus = 'CREATING' | 'CREATE_FAILED' | 'ACTIVE' | 'DELETING' | 'DELETED'

/** A data store as ListDatastores has it. */
export interface DatastoreSummary {
  readonly datastoreId: string
  readonly datastoreName: string | undefined
  /** A {@link DatastoreStatus}, or one that is newer than this package. */
  readonly datastoreStatus: string | undefined
  readonly datastoreArn: string | undefined
  readonly createdAt: Date | undefined
  readonly updatedAt: Date | undefined
}

/** A data store as GetDatastore has it. */
export interface Datastore extends DatastoreSummary {
  readonly kmsKeyArn: string | undefined
  readonly lambdaAuthorizerArn: string | undefined
  /** `HTJ2K` (what a missing one means) or `JPEG_2000_LOSSLESS`: how frames are stored that AHI transcodes. */
  readonly losslessStorageFormat: string | undefined
}
