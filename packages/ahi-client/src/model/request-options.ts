import type { DatastoreStatus } from './datastore.ts'
import type { ImageSetFilters, ImageSetSort } from './search-criteria.ts'

/** Options of every request. */
export interface AhiRequestOptions {
  /** Ends the request, its retries and its waiting. The promise then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined
}

/** Options of every list. */
export interface AhiListOptions extends AhiRequestOptions {
  /** Items per request to AHI, 1 to 50. Default: AHI decides. */
  readonly pageSize?: number | undefined
}

/** Options of `listDatastores`. */
export interface ListDatastoresOptions extends AhiListOptions {
  /** Only data stores in this state. Default: all. */
  readonly datastoreStatus?: DatastoreStatus | undefined
}

/** Options of `getDatastore`. */
export interface GetDatastoreOptions extends AhiRequestOptions {
  readonly datastoreId: string
}

/** Options of `searchImageSets`. */
export interface SearchImageSetsOptions extends AhiListOptions {
  readonly datastoreId: string
  /** Default: all image sets. */
  readonly filters?: ImageSetFilters | undefined
  /** Default: by `updatedAt`, newest first. */
  readonly sort?: ImageSetSort | undefined
}

/** Options of the methods that read one image set. */
export interface GetImageSetOptions extends AhiRequestOptions {
  readonly datastoreId: string
  readonly imageSetId: string
  /** A version in digits. Default: the latest. */
  readonly versionId?: string | undefined
}

/** Options of `listImageSetVersions`. */
export interface ListImageSetVersionsOptions extends AhiListOptions {
  readonly datastoreId: string
  readonly imageSetId: string
}

/** Options of `getImageFrame`. */
export interface GetImageFrameOptions extends AhiRequestOptions {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly imageFrameId: string
  /**
   * Most bytes that the frame can have by its metadata. A longer answer counts as damaged. Default:
   * `maxFrameByteLength`.
   */
  readonly maxByteLength?: number | undefined
  /** Limits how much of the frame is read. Default: all of it. */
  readonly beginning?: BodyBeginning | undefined
}

/**
 * Returns how many bytes of a body are needed, judged by those received so far. If more are needed, it is called again
 * once they are there. `undefined` requests the whole body. Do not change or keep the bytes.
 */
export type BodyBeginning = (bytes: Uint8Array) => number | undefined

/** Options of `getDICOMInstance`. */
export interface GetDICOMInstanceOptions extends AhiRequestOptions {
  readonly datastoreId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  /** Needed if the instance is in an image set that is not primary. Default: the primary image set of the series. */
  readonly imageSetId?: string | undefined
  /**
   * UID of the transfer syntax to get the instance in, or `*` to get it as stored. Default: Explicit VR Little Endian.
   */
  readonly transferSyntax?: string | undefined
}
