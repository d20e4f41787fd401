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
  /** The bytes, in an `ArrayBuffer` of their own that can be transferred to another thread. */
  readonly data: Uint8Array<ArrayBuffer>
  /** Media type, `image/jph` for HTJ2K. The bytes themselves tell more reliably. */
  readonly contentType: string | undefined
  /** Length of the whole frame in bytes, of which `data` may be the beginning; undefined if AHI does not tell. */
  readonly byteLength?: number | undefined
}

/**
 * Reads from AWS HealthImaging. Requests that are throttled, fail or break off are repeated; what fails for good
 * rejects with an `AhiError`.
 */
export interface AhiClient extends AsyncDisposable {
  /** Lists the data stores of the account in the region, all pages. */
  listDatastores(options?: ListDatastoresOptions): AsyncIterable<DatastoreSummary>
  /** Reads the properties of one data store. */
  getDatastore(options: GetDatastoreOptions): Promise<Datastore>
  /** Finds image sets, all pages. A page is requested when its first item is asked for. */
  searchImageSets(options: SearchImageSetsOptions): AsyncIterable<ImageSetSummary>
  /** Reads the properties of one image set. */
  getImageSet(options: GetImageSetOptions): Promise<ImageSet>
  /** Reads and parses the metadata document of one image set. */
  getImageSetMetadata(options: GetImageSetOptions): Promise<ImageSetMetadata>
  /** Reads the metadata document of one image set: the bytes of its JSON, UTF-8. */
  getImageSetMetadataDocument(options: GetImageSetOptions): Promise<Uint8Array>
  /**
   * Reads one frame, or with `beginning` so much of it as is needed: the connection is then closed, unless little is left,
   * which is read as well.
   */
  getImageFrame(options: GetImageFrameOptions): Promise<ImageFrameData>
  /**
   * Reads one frame as a stream, for what is too large for memory (a video is one frame). The data come from one
   * request, and from another one that goes on where it broke off. Read `data` to its end, leave the loop over it, or
   * abort `signal`: until then it holds a connection.
   */
  streamImageFrame(options: GetImageFrameOptions): Promise<StreamedBytes>
  /**
   * Reads one whole instance, a DICOM file, as a stream; its latest version. The same holds as for `streamImageFrame`.
   *
   * Rejects with an `AhiNotAcceptableError` when AHI cannot give it in `transferSyntax`; `*` always works.
   */
  getDICOMInstance(options: GetDICOMInstanceOptions): Promise<StreamedBytes>
  /** Lists the versions of one image set, all pages. */
  listImageSetVersions(options: ListImageSetVersionsOptions): AsyncIterable<ImageSetVersion>
  /**
   * Resolves with what one other thread needs to read frames by `createFrameClient` of `@ahi-dicom/ahi-client/frames`.
   * Call it once for each thread. The threads have connections of their own. They get credentials from this client,
   * and keep one pace with it when the service throttles. They cannot send requests once this client is closed.
   */
  shareAccess(options: ShareAccessOptions): Promise<SharedAccess>
  /**
   * Bounds the operations that are named by so many requests a second from now on, without a burst, in all threads that
   * share the access of this client. All other operations have no bound but `maxRates` any more. For who spreads the
   * quotas of an account over several clients: what is throttled meanwhile does not lower a rate for good.
   *
   * @throws {TypeError} for an operation that is not known, and for a rate that is out of range
   */
  limitRates(rates: MaxRates): void
  /** Returns the requests so far by operation, those of all threads that share the access of this client too. */
  requestCounts(): Readonly<Partial<Record<Operation, RequestCounts>>>
  /**
   * Returns the seconds so far, by operation, in which at least one request waited for its turn, in any of the threads that
   * share the access of this client. While they grow, the pace holds the operation back, and not its callers.
   */
  secondsPaced(): Readonly<Partial<Record<Operation, number>>>
  /** Closes the sockets; requests under way fail. The client is of no use afterwards. */
  close(): Promise<void>
}
