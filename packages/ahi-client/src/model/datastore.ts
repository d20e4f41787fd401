/** The states of a data store. */
export type DatastoreStatus = 'CREATING' | 'CREATE_FAILED' | 'ACTIVE' | 'DELETING' | 'DELETED'

/** A data store in the list of ListDatastores. */
export interface DatastoreSummary {
  readonly datastoreId: string
  readonly datastoreName: string | undefined
  /** A {@link DatastoreStatus}, or a newer state that this package does not know. */
  readonly datastoreStatus: string | undefined
  readonly datastoreArn: string | undefined
  readonly createdAt: Date | undefined
  readonly updatedAt: Date | undefined
}

/** The properties of a data store from GetDatastore. */
export interface Datastore extends DatastoreSummary {
  readonly kmsKeyArn: string | undefined
  readonly lambdaAuthorizerArn: string | undefined
  /** How AHI stores the frames that it transcodes: `HTJ2K` or `JPEG_2000_LOSSLESS`. Missing means `HTJ2K`. */
  readonly losslessStorageFormat: string | undefined
}
