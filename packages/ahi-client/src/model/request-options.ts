import type { DatastoreStatus } from './datastore.ts'
import type { ImageSetFilters, ImageSetSort } from './search-criteria.ts'

/** What every request takes. */
export interface AhiRequestOptions {
  /** Ends the request, its retries and its waiting; it rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined
}

/** What every list takes. */
export interface AhiListOptions extends AhiRequestOptions {
  /** Items per request to AHI, 1 to 50. Default: AHI's own. */
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

/** Options of what reads one image set. */
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
  /** Most bytes that the frame can have, by its document: a longer answer is damage. Default: `maxFrameByteLength`. */
  readonly maxByteLength?: number | undefined
  /** Reads no more of the frame than this asks for. Default: all of it. */
  readonly beginning?: BodyBeginning | undefined
}

/**
 * Tells how much of a body is needed, by its beginning: called with the bytes that are there, it returns how many are needed.
 * If these are more, it is called again once so many are there. `undefined` asks for the whole body. The bytes are to be read
 * only, and are of no use afterwards.
 */
export type BodyBeginning = (bytes: Uint8Array) => number | undefined

/** Options of `getDICOMInstance`. */
export interface GetDICOMInstanceOptions extends AhiRequestOptions {
  readonly datastoreId: string
  readonly studyInstanceUid: string
  readonly seriesInstanceUid: string
  readonly sopInstanceUid: string
  /** Needed for an instance of an image set that is not primary. Default: the primary image set of the series. */
  readonly imageSetId?: string | undefined
  /** UID of the transfer syntax to get it in, or `*` for that in which it is stored. Default: Explicit VR Little Endian. */
  readonly transferSyntax?: string | undefined
}
