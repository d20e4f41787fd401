import { type ImageSetMetadata, parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'

import { type Clock, systemClock } from '../timing/clock.ts'
import type { Datastore, DatastoreSummary } from '../model/datastore.ts'
import { checkIdentifiers, checkPageSize, checkTransferSyntax, checkVersion } from '../model/identifiers.ts'
import type { ImageSet, ImageSetSummary, ImageSetVersion } from '../model/image-set.ts'
import { inflated } from '../service/image-set-bytes.ts'
import type { Connection, Page, PageRequest } from '../service/medical-imaging.ts'
import type {
  AhiListOptions,
  GetDatastoreOptions,
  GetDICOMInstanceOptions,
  GetImageFrameOptions,
  GetImageSetOptions,
  ListDatastoresOptions,
  ListImageSetVersionsOptions,
  SearchImageSetsOptions,
} from '../model/request-options.ts'
import { searchFilters, searchSortField } from '../model/search-criteria.ts'
import { createServiceAccess } from '../service/service-access.ts'
import { ServiceFailure } from '../errors/service-failure.ts'
import type { AhiCredentials } from '../service/signature.ts'
import type { StreamedBytes } from '../http/streamed-bytes.ts'
import { ahiErrorOf, type Operation, type Subject } from '../errors/subject.ts'

/** Options of {@link createAhiClient}. */
export interface AhiClientOptions {
  /** Credentials, or what provides them. Default: the AWS chain (environment, profile, SSO, process, container, EC2). */
  readonly credentials?: AhiCredentials | (() => Promise<AhiCredentials>) | undefined
  /** Profile of the AWS configuration files. Default: `AWS_PROFILE`, then `default`. */
  readonly profile?: string | undefined
  /** Default: `AWS_REGION`, then `AWS_DEFAULT_REGION`, then the region of the profile. */
  readonly region?: string | undefined
  /**
   * URL of the service. Default: `AWS_ENDPOINT_URL_MEDICAL_IMAGING`, then `AWS_ENDPOINT_URL`, then `endpoint_url` of
   * the profile that `AWS_PROFILE` names, then AWS's own for the region.
   */
  readonly endpoint?: string | undefined
  /** Requests under way at once, and sockets kept open; further requests wait. Default 64: GetImageFrame is latency-bound. */
  readonly maxConnections?: number | undefined
  /** Attempts at one request, the first included. Default 8: about 13 s of back-off at most. */
  readonly maxAttempts?: number | undefined
  /** How long the service may be silent before an attempt is given up, in milliseconds. Default 30 000. */
  readonly requestTimeoutMs?: number | undefined
  /** How long a read goes on meeting 409, which AHI answers while it imports, in milliseconds. Default 60 000. */
  readonly conflictTimeoutMs?: number | undefined
}

/** A frame as AHI stores it. */
export interface ImageFrameData {
  /** The bytes, in an `ArrayBuffer` of their own that can be transferred to another thread. */
  readonly data: Uint8Array<ArrayBuffer>
  /** Media type, `image/jph` for HTJ2K. The bytes themselves tell more reliably. */
  readonly contentType: string | undefined
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
  /** Reads one frame. */
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
  /** Closes the sockets; requests under way fail. The client is of no use afterwards. */
  close(): Promise<void>
}

const explicitVrLittleEndian = '1.2.840.10008.1.2.1'

/**
 * Makes a client. Nothing is read or sent before the first request.
 *
 * @throws TypeError for an option that cannot be.
 * @example
 * await using client = createAhiClient({ region: 'us-east-1' })
 * for await (const { imageSetId } of client.searchImageSets({ datastoreId })) console.log(imageSetId)
 */
export function createAhiClient(options: AhiClientOptions = {}): AhiClient {
  return createClientOnClock(options, systemClock)
}

/** As {@link createAhiClient}, waiting by a given clock. */
export function createClientOnClock(options: AhiClientOptions, time: Clock): AhiClient {
  const { maxConnections = 64, maxAttempts = 8, requestTimeoutMs = 30_000, conflictTimeoutMs = 60_000 } = options
  checkCount(maxConnections, 'maxConnections', 1)
  checkCount(maxAttempts, 'maxAttempts', 1)
  checkCount(requestTimeoutMs, 'requestTimeoutMs', 1)
  checkCount(conflictTimeoutMs, 'conflictTimeoutMs', 0)
  checkEndpoint(options.endpoint)

  const service = createServiceAccess(
    options,
    { maxConnections, maxAttempts, requestTimeoutMs, conflictTimeoutMs },
    time,
  )
  const { request } = service

  async function* allPages<T>(
    subject: Subject,
    { pageSize: maxResults, signal }: AhiListOptions,
    call: (connection: Connection, page: PageRequest) => Promise<Page<T>>,
  ): AsyncGenerator<T, void> {
    let nextToken: string | undefined
    do {
      const page = await request(subject, signal, async ({ connection }) => {
        const page = await call(connection, { nextToken, maxResults })
        if (page.nextToken === undefined || page.nextToken !== nextToken) return page
        throw new ServiceFailure('AHI_RESPONSE', 'the service answered the same page token again')
      })
      yield* page.items
      signal?.throwIfAborted()
      nextToken = page.nextToken
    } while (nextToken !== undefined)
  }

  async function metadataDocument(target: GetImageSetOptions): Promise<Uint8Array> {
    const { versionId, signal } = target
    const subject = imageSetSubject('GetImageSetMetadata', target)
    checkIdentifiers(subject)
    checkVersion(versionId, subject)
    return request(subject, signal, async ({ bytes }) => {
      const { body } = await bytes.getImageSetMetadata(target, signal)
      return inflated(body)
    })
  }

  return {
    listDatastores: async function* (options = {}) {
      const subject: Subject = { operation: 'ListDatastores' }
      checkPageSize(options.pageSize, subject)
      const { datastoreStatus, signal } = options
      yield* allPages(subject, options, (connection, page) =>
        connection.listDatastores({ ...page, datastoreStatus }, signal),
      )
    },
    getDatastore: async ({ datastoreId, signal }) => {
      const subject: Subject = { operation: 'GetDatastore', datastoreId }
      checkIdentifiers(subject)
      return request(subject, signal, ({ connection }) => connection.getDatastore(datastoreId, signal))
    },
    searchImageSets: async function* (options) {
      const { datastoreId, signal } = options
      const subject: Subject = { operation: 'SearchImageSets', datastoreId }
      checkIdentifiers(subject)
      checkPageSize(options.pageSize, subject)
      const filters = searchFilters(options.filters ?? {}, subject)
      const sort = options.sort && { sortField: searchSortField(options.sort.field), sortOrder: options.sort.order }
      yield* allPages(subject, options, (connection, page) =>
        connection.searchImageSets({ datastoreId, filters, sort, ...page }, signal),
      )
    },
    getImageSet: async ({ datastoreId, imageSetId, versionId, signal }) => {
      const subject = imageSetSubject('GetImageSet', { datastoreId, imageSetId })
      checkIdentifiers(subject)
      checkVersion(versionId, subject)
      const target = { datastoreId, imageSetId, versionId }
      return request(subject, signal, ({ connection }) => connection.getImageSet(target, signal))
    },
    getImageSetMetadataDocument: metadataDocument,
    getImageSetMetadata: async (options) => {
      const document = await metadataDocument(options)
      try {
        return parseImageSetMetadata(document)
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause)
        const failure = new ServiceFailure('AHI_RESPONSE', reason, { statusCode: 200, cause })
        throw ahiErrorOf(failure, imageSetSubject('GetImageSetMetadata', options))
      }
    },
    getImageFrame: async ({ datastoreId, imageSetId, imageFrameId, signal }) => {
      const target = { datastoreId, imageSetId, imageFrameId }
      const subject: Subject = { operation: 'GetImageFrame', ...target }
      checkIdentifiers(subject)
      const { body, headers } = await request(subject, signal, ({ bytes }) => bytes.getImageFrame(target, signal))
      return { data: body, contentType: headers['content-type'] }
    },
    listImageSetVersions: async function* (options) {
      const { datastoreId, imageSetId, signal } = options
      const subject = imageSetSubject('ListImageSetVersions', options)
      checkIdentifiers(subject)
      checkPageSize(options.pageSize, subject)
      yield* allPages(subject, options, (connection, page) =>
        connection.listImageSetVersions({ datastoreId, imageSetId, ...page }, signal),
      )
    },
    getDICOMInstance: async ({ signal, transferSyntax = explicitVrLittleEndian, ...target }) => {
      const { datastoreId, imageSetId, sopInstanceUid } = target
      const subject: Subject = { operation: 'GetDICOMInstance', datastoreId, imageSetId, sopInstanceUid }
      checkIdentifiers({ ...subject, ...target })
      checkTransferSyntax(transferSyntax, subject)
      return service.stream(subject, signal, ({ bytes }) =>
        bytes.getDICOMInstance({ ...target, transferSyntax }, signal),
      )
    },
    streamImageFrame: async ({ datastoreId, imageSetId, imageFrameId, signal }) => {
      const target = { datastoreId, imageSetId, imageFrameId }
      const subject: Subject = { operation: 'GetImageFrame', ...target }
      checkIdentifiers(subject)
      return service.stream(subject, signal, ({ bytes }) => bytes.streamImageFrame(target, signal))
    },
    close: service.close,
    [Symbol.asyncDispose]: service.close,
  }
}

function imageSetSubject(
  operation: Operation,
  { datastoreId, imageSetId }: { readonly datastoreId: string; readonly imageSetId: string },
): Subject {
  return { operation, datastoreId, imageSetId }
}

function checkCount(value: number, option: string, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return
  throw new TypeError(`Expected \`${option}\` to be a whole number of at least ${least}, got ${String(value)}`)
}

function checkEndpoint(endpoint: string | undefined): void {
  if (endpoint === undefined) return
  if (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) return
  throw new TypeError(`Expected \`endpoint\` to be an http or https URL, got ${JSON.stringify(endpoint)}`)
}
