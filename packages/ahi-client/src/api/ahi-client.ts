import type { ImageSetMetadata } from '@ahi-dicom/ahi-metadata'

import type { Operation } from '../errors/operations.ts'
import type { StreamedBytes } from '../http/streamed-bytes.ts'
import type { Datastore, DatastoreSummary } from '../model/datastore.ts'
import type { ImageSet, ImageSetSummary, ImageSetVersion } from '../model/image-set.ts'
import type {
  GetDatastoreOptions,
  GetDICOMInstanceOptions,
  GetImageFrameOptions,
  GetImageSetOptions,
  ListDatastoresOptions,
  ListImageSetVersionsOptions,
  SearchImageSetsOptions,
} from '../model/request-options.ts'
import type { MaxRates } from '../timing/paces.ts'
import type { RequestCounts } from '../timing/request-counts.ts'
import type { SharedAccess, ShareAccessOptions } from './shared-access.ts'

/** A frame as AHI stores it. */
export interface ImageFrameData {
  /** The bytes, in an `ArrayBuffer` that holds nothing else, so it can be transferred to another thread. */
  readonly data: Uint8Array<ArrayBuffer>
  /** Media type, such as `image/jph` for HTJ2K. The bytes themselves are more reliable. */
  readonly contentType: string | undefined
  /** Length of the whole frame in bytes, even if `data` is only its beginning. `undefined` if AHI does not send it. */
  readonly byteLength?: number | undefined
}

/**
 * Reads from AWS HealthImaging. Requests that are throttled, fail or break off are repeated. If a request fails for
 * good, the promise rejects with an `AhiError`.
 */
export interface AhiClient extends AsyncDisposable {
  /** Lists the data stores of the account in the region, all pages. */
  listDatastores(options?: ListDatastoresOptions): AsyncIterable<DatastoreSummary>
  /** Reads the properties of one data store. */
  getDatastore(options: GetDatastoreOptions): Promise<Datastore>
  /** Searches image sets, all pages. A page is requested when its first item is read. */
  searchImageSets(options: SearchImageSetsOptions): AsyncIterable<ImageSetSummary>
  /** Reads the properties of one image set. */
  getImageSet(options: GetImageSetOptions): Promise<ImageSet>
  /** Reads and parses the metadata document of one image set. */
  getImageSetMetadata(options: GetImageSetOptions): Promise<ImageSetMetadata>
  /** Reads the metadata document of one image set and returns its JSON as UTF-8. */
  getImageSetMetadataDocument(options: GetImageSetOptions): Promise<Uint8Array>
  /**
   * Reads one frame. With `beginning`, it reads only as many bytes as that asks for and then closes the connection. If
   * little of the frame is left, it reads that too and keeps the connection.
   */
  getImageFrame(options: GetImageFrameOptions): Promise<ImageFrameData>
  /**
   * Reads one frame as a stream, for frames that are too large for memory (a video is one frame). If the body breaks
   * off, another request continues it. The stream holds a connection until you read `data` to its end, leave the loop
   * over it, or abort `signal`.
   */
  streamImageFrame(options: GetImageFrameOptions): Promise<StreamedBytes>
  /**
   * Reads the latest version of one whole instance, a DICOM file, as a stream. It holds a connection as
   * `streamImageFrame` does.
   *
   * Rejects with an `AhiNotAcceptableError` if AHI cannot send it in `transferSyntax`. `*` always works.
   */
  getDICOMInstance(options: GetDICOMInstanceOptions): Promise<StreamedBytes>
  /** Lists the versions of one image set, all pages. */
  listImageSetVersions(options: ListImageSetVersionsOptions): AsyncIterable<ImageSetVersion>
  /**
   * Shares the access of this client with one other thread, which passes the result to `createFrameClient` of
   * `@ahi-dicom/ahi-client/frames`. Call it once for each thread. Each thread has separate connections. The threads get
   * credentials from this client and share its pace if the service throttles. When this client is closed, they can send
   * no more requests.
   */
  shareAccess(options: ShareAccessOptions): Promise<SharedAccess>
  /**
   * Limits the given operations to these requests per second from now on, without a burst, in all threads that share
   * the access of this client. Operations that are not named keep only `maxRates` as a limit. Use it to spread the
   * quotas of an account over several clients. While a limit holds, throttles do not lower the rate for good.
   *
   * @throws {TypeError} if an operation is unknown or a rate is out of range
   */
  limitRates(rates: MaxRates): void
  /** Returns the requests so far by operation, including all threads that share the access of this client. */
  requestCounts(): Readonly<Partial<Record<Operation, RequestCounts>>>
  /**
   * Returns by operation for how many seconds at least one request has waited for its turn. Includes all threads that
   * share the access of this client. While the number grows, the operation is limited by the pace and not by its callers.
   */
  secondsPaced(): Readonly<Partial<Record<Operation, number>>>
  /** Closes the sockets. Requests in progress fail. The client cannot be used afterwards. */
  close(): Promise<void>
}
