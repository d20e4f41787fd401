import type { DocumentLimits } from '@ahi-dicom/ahi-metadata'

import { type MetadataDocument, readMetadata } from '../answers/metadata-answer.ts'
import type { Operation } from '../errors/operations.ts'
import type { Subject } from '../errors/subject.ts'
import type { HttpTransport } from '../http/http-transport.ts'
import { readCertificates } from '../http/trusted-certificates.ts'
import type { AhiCredentials } from '../model/credentials.ts'
import { checkIdentifiers, checkPageSize, checkVersion } from '../model/identifiers.ts'
import type { ImageSetRequest } from '../model/image-set-request.ts'
import type { AhiListOptions, GetImageSetOptions } from '../model/request-options.ts'
import { searchFilters, searchSortField } from '../model/search-criteria.ts'
import { certificateBundle, readProfile } from '../service/aws-profile.ts'
import { createClockOffset, createClockOffsetMemory } from '../service/clock-offset.ts'
import { createImageSetBytes, type ImageSetBytes } from '../service/image-set-bytes.ts'
import { connect, type Connection } from '../service/connection.ts'
import { createJsonOperations, type JsonOperations, type Page, type PageRequest } from '../service/json-operations.ts'
import { createServiceAccess } from '../service/service-access.ts'
import type { ServiceOutage } from '../timing/watch-outages.ts'
import { untilAborted } from '../timing/abort.ts'
import { type Clock, systemClock } from '../timing/clock.ts'
import { createOutageMemory } from '../timing/outages.ts'
import {
  createRequestCounters,
  createRequestCountMemory,
  readRequestCounts,
  readSecondsPaced,
} from '../timing/request-counts.ts'
import { createPaceMemory, type MaxRates } from '../timing/paces.ts'
import type { AhiClient } from './ahi-client.ts'
import { documentLimitsOf, maxRatesOf, serviceLimits, type ServiceLimitOptions } from './client-limits.ts'
import { createFrameRequests } from './frame-requests.ts'
import { createPageCheck } from './page-check.ts'
import { createAccessSharing } from './share-access.ts'
import { inSpan, observeRequests } from './telemetry.ts'

/** Options of {@link createAhiClient}. */
export interface AhiClientOptions extends ServiceLimitOptions {
  /**
   * Credentials, or a function that resolves with them. Default: the AWS chain (environment, profile, SSO, process,
   * container, EC2).
   */
  readonly credentials?: AhiCredentials | (() => Promise<AhiCredentials>) | undefined
  /** Profile of the AWS configuration files. Default: `AWS_PROFILE`, then `default`. */
  readonly profile?: string | undefined
  /** AWS region. Default: `AWS_REGION`, then `AWS_DEFAULT_REGION`, then the region of the profile. */
  readonly region?: string | undefined
  /**
   * URL of the service. Default: `AWS_ENDPOINT_URL_MEDICAL_IMAGING`, then `AWS_ENDPOINT_URL`, then `endpoint_url` of
   * the profile or of its `services` section, then the AWS endpoint of the region.
   */
  readonly endpoint?: string | undefined
  /**
   * Resolves with the current code of an MFA device, for profiles with a role that has `mfa_serial`. Called each time
   * the role is assumed. Default: a profile with `mfa_serial` is an error.
   */
  readonly mfaCodeProvider?: ((mfaSerial: string) => Promise<string>) | undefined
  /** Limits of a metadata document. `maxByteLength` (default 100 MiB) applies both before and after gunzip. */
  readonly documentLimits?: DocumentLimits | undefined
  /**
   * Most requests per second by operation, such as `{ GetImageFrame: 500 }`. The pace stays below it. Default: no
   * limit. The pace starts at the quota that AHI documents and then follows the answers of the service.
   */
  readonly maxRates?: MaxRates | undefined
  /** Called when the service goes away, and again when it is back. */
  readonly onOutage?: ((outage: ServiceOutage) => void) | undefined
}

/** The connection to the service, with its endpoint and credentials resolved. */
interface Service {
  readonly connection: Connection
  readonly json: JsonOperations
  readonly bytes: ImageSetBytes
}

/**
 * Creates a client. It reads and sends nothing before the first request.
 *
 * @throws {TypeError} if an option is out of range
 * @example
 * import { createAhiClient } from '@ahi-dicom/ahi-client'
 *
 * await using client = createAhiClient({ region: 'us-east-1' })
 * for await (const { imageSetId } of client.searchImageSets({ datastoreId })) console.log(imageSetId)
 */
export function createAhiClient(options: AhiClientOptions = {}): AhiClient {
  return createClientOnClock(options, systemClock)
}

/** Creates a client as {@link createAhiClient} does, with the given clock. */
export function createClientOnClock(options: AhiClientOptions, clock: Clock): AhiClient {
  const limits = serviceLimits(options)
  const maxRates = maxRatesOf(options.maxRates)
  const documentLimits = documentLimitsOf(options.documentLimits)
  const documentLimit = { byteLength: documentLimits.maxByteLength, option: 'maxByteLength' }
  checkEndpoint(options.endpoint)
  const memory = {
    pace: createPaceMemory(),
    requestCounts: createRequestCountMemory(),
    outage: createOutageMemory(),
    clockOffset: createClockOffsetMemory(),
  }
  const clockOffset = createClockOffset(memory.clockOffset)
  const counterOf = createRequestCounters(memory.requestCounts)
  const certificates = async (): Promise<string[] | undefined> => {
    const bundle = certificateBundle(await readProfile(options.profile))
    return bundle && readCertificates(bundle)
  }
  const access = createServiceAccess<Service>({
    connect: connectService,
    certificates,
    prepare: ({ connection }) => connection.credentials.get(),
    hostUrls: ({ connection }) => connection,
    limits,
    maxRates,
    clock,
    paceMemory: memory.pace,
    outageMemory: memory.outage,
    clockOffset,
    counterOf,
    observe: inSpan,
    onOutage: options.onOutage,
  })
  observeRequests(counterOf, access.closing)
  const { request } = access

  async function connectService(transport: HttpTransport): Promise<Service> {
    const connection = await connect(options, { transport, clockOffset, counterOf })
    return {
      connection,
      json: createJsonOperations(connection, transport),
      bytes: createImageSetBytes(connection, transport, limits),
    }
  }

  async function* allPages<T>(
    subject: Subject,
    { pageSize: maxResults, signal }: AhiListOptions,
    call: (json: JsonOperations, page: PageRequest) => Promise<Page<T>>,
  ): AsyncGenerator<T, void> {
    const checkPage = createPageCheck()
    let nextToken: string | undefined
    do {
      const page = await request(subject, signal, async ({ json }) => {
        const page = await call(json, { nextToken, maxResults })
        checkPage(page)
        return page
      })
      yield* page.items
      signal?.throwIfAborted()
      nextToken = page.nextToken
    } while (nextToken !== undefined)
  }

  async function metadataDocument(target: GetImageSetOptions): Promise<MetadataDocument> {
    const { versionId, signal } = target
    const subject = imageSetSubject('GetImageSetMetadata', target)
    checkIdentifiers(subject)
    checkVersion(versionId, subject)
    return request(subject, signal, async ({ bytes }) => {
      const { body } = await bytes.getImageSetMetadata({ ...target, limit: documentLimit }, signal)
      return untilAborted(readMetadata(body, target, documentLimits), signal)
    })
  }

  return {
    listDatastores: async function* (options = {}) {
      const subject: Subject = { operation: 'ListDatastores' }
      checkPageSize(options.pageSize, subject)
      const { datastoreStatus, signal } = options
      yield* allPages(subject, options, (json, page) => json.listDatastores({ ...page, datastoreStatus }, signal))
    },
    getDatastore: async ({ datastoreId, signal }) => {
      const subject: Subject = { operation: 'GetDatastore', datastoreId }
      checkIdentifiers(subject)
      return request(subject, signal, ({ json }) => json.getDatastore(datastoreId, signal))
    },
    searchImageSets: async function* (options) {
      const { datastoreId, signal } = options
      const subject: Subject = { operation: 'SearchImageSets', datastoreId }
      checkIdentifiers(subject)
      checkPageSize(options.pageSize, subject)
      const filters = searchFilters(options.filters ?? {}, subject)
      const sort = options.sort && { sortField: searchSortField(options.sort.field), sortOrder: options.sort.order }
      yield* allPages(subject, options, (json, page) =>
        json.searchImageSets({ datastoreId, filters, sort, ...page }, signal),
      )
    },
    getImageSet: async ({ datastoreId, imageSetId, versionId, signal }) => {
      const subject = imageSetSubject('GetImageSet', { datastoreId, imageSetId })
      checkIdentifiers(subject)
      checkVersion(versionId, subject)
      const target = { datastoreId, imageSetId, versionId }
      return request(subject, signal, ({ json }) => json.getImageSet(target, signal))
    },
    getImageSetMetadataDocument: async (options) => (await metadataDocument(options)).json,
    getImageSetMetadata: async (options) => (await metadataDocument(options)).metadata,
    ...createFrameRequests(access),
    listImageSetVersions: async function* (options) {
      const { datastoreId, imageSetId, signal } = options
      const subject = imageSetSubject('ListImageSetVersions', options)
      checkIdentifiers(subject)
      checkPageSize(options.pageSize, subject)
      yield* allPages(subject, options, (json, page) =>
        json.listImageSetVersions({ datastoreId, imageSetId, ...page }, signal),
      )
    },
    shareAccess: createAccessSharing({
      limits,
      maxRates,
      memory,
      closing: access.closing,
      target: async () => (await access.service()).connection,
      certificates,
    }),
    limitRates: (rates) => access.limitRates(maxRatesOf(rates, 'rates')),
    requestCounts: () => readRequestCounts(counterOf),
    secondsPaced: () => readSecondsPaced(counterOf),
    close: access.close,
    [Symbol.asyncDispose]: access.close,
  }
}

function imageSetSubject(operation: Operation, { datastoreId, imageSetId }: ImageSetRequest): Subject {
  return { operation, datastoreId, imageSetId }
}

function checkEndpoint(endpoint: string | undefined): void {
  if (endpoint === undefined) return
  if (URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)) return
  throw new TypeError(`Expected \`endpoint\` to be an http or https URL, got ${JSON.stringify(endpoint)}`)
}
