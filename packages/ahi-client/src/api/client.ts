import { parseImageSetMetadata } from '@ahi-dicom/ahi-metadata'

import { ServiceFailure } from '../errors/service-failure.ts'
import { ahiErrorOf, type Operation, type Subject } from '../errors/subject.ts'
import type { HttpTransport } from '../http/http-transport.ts'
import type { AhiCredentials } from '../model/credentials.ts'
import { checkIdentifiers, checkPageSize, checkVersion } from '../model/identifiers.ts'
import type { AhiListOptions, GetImageSetOptions } from '../model/request-options.ts'
import { searchFilters, searchSortField } from '../model/search-criteria.ts'
import { createClockOffset, createClockOffsetMemory } from '../service/clock-offset.ts'
import { createImageSetBytes, type ImageSetBytes } from '../service/image-set-bytes.ts'
import { connect, type Connection, type Page, type PageRequest } from '../service/medical-imaging.ts'
import { inflated } from '../service/metadata-document.ts'
import { createServiceAccess, type ServiceLimits } from '../service/service-access.ts'
import type { ServiceOutage } from '../timing/watch-outages.ts'
import { untilAborted } from '../timing/abort.ts'
import { type Clock, systemClock } from '../timing/clock.ts'
import { createOutageMemory } from '../timing/outages.ts'
import { createPaceMemory } from '../timing/paces.ts'
import type { AhiClient } from './ahi-client.ts'
import { checkCount } from './check-count.ts'
import { createFrameRequests } from './frame-requests.ts'
import { createAccessSharing } from './share-access.ts'

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
  /**
   * How long requests wait for a service that has answered before and is away (unreachable, or 503 to all), in
   * milliseconds. Then they fail with an `AhiOutageError`. Default 300 000.
   */
  readonly outageTimeoutMs?: number | undefined
  /** Called when the service goes away, and once more when it is back. */
  readonly onOutage?: ((outage: ServiceOutage) => void) | undefined
}

/** The service, once it is known where it is and who asks. */
interface Service {
  readonly connection: Connection
  readonly bytes: ImageSetBytes
}

/**
 * Makes a client. Nothing is read or sent before the first request.
 *
 * @throws {TypeError} for an option that is out of range
 * @example
 * await using client = createAhiClient({ region: 'us-east-1' })
 * for await (const { imageSetId } of client.searchImageSets({ datastoreId })) console.log(imageSetId)
 */
export function createAhiClient(options: AhiClientOptions = {}): AhiClient {
  return createClientOnClock(options, systemClock)
}

/** As {@link createAhiClient}, waiting by a given clock. */
export function createClientOnClock(options: AhiClientOptions, clock: Clock): AhiClient {
  const limits = limitsOf(options)
  checkEndpoint(options.endpoint)
  const memory = { pace: createPaceMemory(), outage: createOutageMemory(), clockOffset: createClockOffsetMemory() }
  const clockOffset = createClockOffset(memory.clockOffset)
  const access = createServiceAccess<Service>({
    connect: connectService,
    hostUrls: ({ connection }) => connection,
    limits,
    clock,
    paceMemory: memory.pace,
    outageMemory: memory.outage,
    clockOffset,
    onOutage: options.onOutage,
  })
  const { request } = access

  async function connectService(transport: HttpTransport): Promise<Service> {
    const connection = await connect(options, { transport, clockOffset })
    return { connection, bytes: createImageSetBytes(connection, transport) }
  }

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
      return untilAborted(inflated(body), signal)
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
    ...createFrameRequests(access),
    listImageSetVersions: async function* (options) {
      const { datastoreId, imageSetId, signal } = options
      const subject = imageSetSubject('ListImageSetVersions', options)
      checkIdentifiers(subject)
      checkPageSize(options.pageSize, subject)
      yield* allPages(subject, options, (connection, page) =>
        connection.listImageSetVersions({ datastoreId, imageSetId, ...page }, signal),
      )
    },
    shareAccess: createAccessSharing({
      limits,
      memory,
      closing: access.closing,
      target: async () => (await access.service()).connection,
    }),
    close: access.close,
    [Symbol.asyncDispose]: access.close,
  }
}

function limitsOf(options: AhiClientOptions): ServiceLimits {
  const { maxConnections = 64, maxAttempts = 8, requestTimeoutMs = 30_000, conflictTimeoutMs = 60_000 } = options
  const { outageTimeoutMs = 300_000 } = options
  checkCount(maxConnections, 'maxConnections', 1)
  checkCount(maxAttempts, 'maxAttempts', 1)
  checkCount(requestTimeoutMs, 'requestTimeoutMs', 1)
  checkCount(conflictTimeoutMs, 'conflictTimeoutMs', 0)
  checkCount(outageTimeoutMs, 'outageTimeoutMs', 0)
  return { maxConnections, maxAttempts, requestTimeoutMs, conflictTimeoutMs, outageTimeoutMs }
}

function imageSetSubject(
  operation: Operation,
  { datastoreId, imageSetId }: { readonly datastoreId: string; readonly imageSetId: string },
): Subject {
  return { operation, datastoreId, imageSetId }
}

function checkEndpoint(endpoint: string | undefined): void {
  if (endpoint === undefined) return
  if (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) return
  throw new TypeError(`Expected \`endpoint\` to be an http or https URL, got ${JSON.stringify(endpoint)}`)
}
