/**
 * The AWS SDK: configuration, endpoint and credentials, and the operations whose answers are JSON. Nothing else in
 * this package knows of it, and none of its types leaves this file. It is loaded with the first request.
 */
import type {
  DatastoreProperties,
  DatastoreSummary as SdkDatastoreSummary,
  GetImageSetResponse,
  ImageSetProperties,
  ImageSetsMetadataSummary,
  MedicalImagingClient,
  MedicalImagingClientConfig,
} from '@aws-sdk/client-medical-imaging'

import { ServiceFailure } from '../errors/service-failure.ts'
import type { HttpAnswer } from '../http/http-exchange.ts'
import type { HttpTransport } from '../http/http-transport.ts'
import type { AhiCredentials } from '../model/credentials.ts'
import type { Datastore, DatastoreStatus, DatastoreSummary } from '../model/datastore.ts'
import type { ImageSet, ImageSetSummary, ImageSetVersion } from '../model/image-set.ts'
import type { SearchFilter } from '../model/search-criteria.ts'
import type { ClockOffset } from './clock-offset.ts'
import { holdCredentials } from './credential-source.ts'
import { encodeUri } from './encode-uri.ts'
import { failureOfAnswer } from './error-answer.ts'
import type { ImageSetRequest } from './image-set-bytes.ts'
import type { ServiceTarget } from './service-target.ts'

/** Where to send requests, and as whom. What is left out comes from the environment and the AWS configuration files. */
export interface ConnectionOptions {
  readonly credentials?: AhiCredentials | (() => Promise<AhiCredentials>) | undefined
  readonly profile?: string | undefined
  readonly region?: string | undefined
  readonly endpoint?: string | undefined
}

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly nextToken: string | undefined
}

/** Which page. */
export interface PageRequest {
  readonly nextToken: string | undefined
  readonly maxResults: number | undefined
}

/** What SearchImageSets is called with. */
interface SearchRequest extends PageRequest {
  readonly datastoreId: string
  readonly filters: SearchFilter[]
  readonly sort:
    | { readonly sortField: 'updatedAt' | 'createdAt' | 'DICOMStudyDateAndTime'; readonly sortOrder: 'ASC' | 'DESC' }
    | undefined
}

/** The service, at one endpoint and under one identity. Each call is one attempt; what fails is a `ServiceFailure`. */
export interface Connection extends ServiceTarget {
  listDatastores(
    page: PageRequest & { readonly datastoreStatus: DatastoreStatus | undefined },
    signal: Signal,
  ): Promise<Page<DatastoreSummary>>
  getDatastore(datastoreId: string, signal: Signal): Promise<Datastore>
  searchImageSets(request: SearchRequest, signal: Signal): Promise<Page<ImageSetSummary>>
  getImageSet(request: ImageSetRequest, signal: Signal): Promise<ImageSet>
  listImageSetVersions(request: ImageSetRequest & PageRequest, signal: Signal): Promise<Page<ImageSetVersion>>
}

type Signal = AbortSignal | undefined

/** Transport and clock of a connection. */
interface ConnectionMeans {
  readonly transport: HttpTransport
  readonly clockOffset: ClockOffset
}

/** Reads the configuration and connects to the service, which sends nothing yet. */
export async function connect(options: ConnectionOptions, means: ConnectionMeans): Promise<Connection> {
  const { transport, clockOffset } = means
  const sdk = await import('@aws-sdk/client-medical-imaging')
  const client = new sdk.MedicalImagingClient(clientConfig(options, transport))
  const endpoint = await resolveEndpoint(client, options).catch((cause: unknown) => {
    throw new ServiceFailure('AHI_VALIDATION', `the AWS configuration is not complete (${messageOf(cause)})`, { cause })
  })
  // The SDK's own cache costs a fifth of a request.
  const credentials = holdCredentials((expired) => resolveCredentials(client, expired !== undefined))

  /** Separates what is wrong with the credentials from what is wrong with the request. */
  async function send<T>(signal: Signal, call: (options: { abortSignal?: AbortSignal }) => Promise<T>): Promise<T> {
    const identity = await credentials.get(signal)
    client.config.systemClockOffset = clockOffset.ms
    try {
      return await call(signal === undefined ? {} : { abortSignal: signal })
    } catch (error) {
      if (error instanceof ServiceFailure && error.credentialsExpired) credentials.discard(identity)
      throw error instanceof Error && '$response' in error ? unreadable(error) : error
    }
  }

  return {
    ...endpoint,
    credentials,
    clockOffset,
    listDatastores: async (request, signal) => {
      const output = await send(signal, (o) => client.send(new sdk.ListDatastoresCommand(request), o))
      return { items: (output.datastoreSummaries ?? []).map(datastoreSummary), nextToken: output.nextToken }
    },
    getDatastore: async (datastoreId, signal) => {
      const output = await send(signal, (o) => client.send(new sdk.GetDatastoreCommand({ datastoreId }), o))
      return datastore(output.datastoreProperties ?? lacking('datastoreProperties'))
    },
    searchImageSets: async ({ datastoreId, filters, sort, ...page }, signal) => {
      const searchCriteria = { ...(filters.length > 0 && { filters }), ...(sort !== undefined && { sort }) }
      const input = { datastoreId, searchCriteria, ...page }
      const output = await send(signal, (o) => client.send(new sdk.SearchImageSetsCommand(input), o))
      const found = output.imageSetsMetadataSummaries ?? []
      return { items: found.map((summary) => imageSetSummary(summary, datastoreId)), nextToken: output.nextToken }
    },
    getImageSet: async (request, signal) => {
      const output = await send(signal, (o) => client.send(new sdk.GetImageSetCommand(request), o))
      return imageSet(output, request.datastoreId)
    },
    listImageSetVersions: async (request, signal) => {
      const output = await send(signal, (o) => client.send(new sdk.ListImageSetVersionsCommand(request), o))
      const found = output.imageSetPropertiesList ?? []
      return {
        items: found.map((version) => imageSetVersion(version, request.datastoreId, version.ImageSetWorkflowStatus)),
        nextToken: output.nextToken,
      }
    },
  }
}

function clientConfig(options: ConnectionOptions, transport: HttpTransport): MedicalImagingClientConfig {
  // The SDK reads AWS_REGION and the profile by itself, but not the variable that the AWS CLI and boto3 read.
  const region = options.region ?? (process.env['AWS_REGION'] || process.env['AWS_DEFAULT_REGION'] || undefined)
  return {
    ...(options.credentials !== undefined && { credentials: identityProvider(options.credentials) }),
    ...(options.profile !== undefined && { profile: options.profile }),
    // The SDK would keep a slash at the end and add another.
    ...(options.endpoint !== undefined && { endpoint: options.endpoint.replace(/\/+$/, '') }),
    ...(region !== undefined && { region }),
    customUserAgent: 'ahi-dicom',
    // What the SDK has to say, for example of a profile beside keys in the environment, goes to the console otherwise.
    logger: { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore },
    maxAttempts: 1,
    retryMode: 'standard',
    requestHandler: requestHandler(transport),
  }
}

function ignore(): void {}

type IdentityProvider = Extract<NonNullable<MedicalImagingClientConfig['credentials']>, (...args: never) => unknown>

function identityProvider(credentials: NonNullable<ConnectionOptions['credentials']>): IdentityProvider {
  return async () => {
    const { sessionToken, expiration, ...keys } = typeof credentials === 'function' ? await credentials() : credentials
    return {
      ...keys,
      ...(sessionToken !== undefined && { sessionToken }),
      ...(expiration !== undefined && { expiration }),
    }
  }
}

/** Lets the SDK send through our transport. An answer that is an error does not reach the SDK. */
function requestHandler(transport: HttpTransport): NonNullable<MedicalImagingClientConfig['requestHandler']> {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    handle: async (request: SdkRequest, options?: { abortSignal?: AbortSignal }) => {
      const path = `${request.path}${queryString(request.query)}`
      const answer = await transport.send({ port: undefined, body: undefined, ...request, path }, options?.abortSignal)
      return { response: successOf(answer) }
    },
    updateHttpClientConfig: ignore,
    httpHandlerConfigs: () => ({}),
    destroy: ignore,
  }
}

interface SdkRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly method: string
  readonly path: string
  readonly query: Readonly<Record<string, string | readonly string[] | null>>
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}

function queryString(query: SdkRequest['query']): string {
  const parts = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeUri(name)}=${encodeUri(one ?? '')}`),
  )
  return parts.length === 0 ? '' : `?${parts.join('&')}`
}

function successOf(answer: HttpAnswer): HttpAnswer {
  if (answer.statusCode === 200) return answer
  throw failureOfAnswer(answer)
}

function unreadable(cause: Error & { $response: unknown }): ServiceFailure {
  return new ServiceFailure('AHI_RESPONSE', 'the answer cannot be read', { statusCode: 200, cause })
}

/** Host prefixes (`runtime-`, `dicom-`) are for AWS's own hosts: no other endpoint has such names. */
async function resolveEndpoint(
  { config }: MedicalImagingClient,
  { endpoint }: ConnectionOptions,
): Promise<Pick<ServiceTarget, 'region' | 'runtimeEndpoint' | 'dicomEndpoint'>> {
  const region = await config.region()
  const [UseFIPS, UseDualStack] = await Promise.all([config.useFipsEndpoint(), config.useDualstackEndpoint()])
  const standard = new URL(config.endpointProvider({ Region: region, UseFIPS, UseDualStack }).url)
  const configured = endpoint ?? (await config.serviceConfiguredEndpoint?.())
  const runtimeEndpoint = configured === undefined ? standard : new URL(configured)
  const { hostname } = standard
  config.disableHostPrefix = runtimeEndpoint.hostname !== hostname
  if (!config.disableHostPrefix) runtimeEndpoint.hostname = `runtime-${hostname}`
  const dicomEndpoint = new URL(runtimeEndpoint)
  if (dicomEndpoint.hostname === `runtime-${hostname}`) dicomEndpoint.hostname = `dicom-${hostname}`
  return { region, runtimeEndpoint, dicomEndpoint }
}

async function resolveCredentials({ config }: MedicalImagingClient, forceRefresh: boolean): Promise<AhiCredentials> {
  let credentials: AhiCredentials
  try {
    credentials = await config.credentials({ forceRefresh })
  } catch (cause) {
    throw new ServiceFailure('AHI_CREDENTIALS', `there are no AWS credentials to use (${messageOf(cause)})`, { cause })
  }
  const { accessKeyId, secretAccessKey } = credentials
  if (typeof accessKeyId === 'string' && typeof secretAccessKey === 'string') return credentials
  throw new ServiceFailure('AHI_CREDENTIALS', 'the credentials have no accessKeyId or no secretAccessKey')
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function lacking(member: string): never {
  throw new ServiceFailure('AHI_RESPONSE', `the answer has no ${member}`)
}

function datastoreSummary(summary: SdkDatastoreSummary): DatastoreSummary {
  return {
    datastoreId: summary.datastoreId ?? lacking('datastoreId'),
    datastoreName: summary.datastoreName,
    datastoreStatus: summary.datastoreStatus,
    datastoreArn: summary.datastoreArn,
    createdAt: summary.createdAt,
    updatedAt: summary.updatedAt,
  }
}

function datastore(properties: DatastoreProperties): Datastore {
  return {
    ...datastoreSummary(properties),
    kmsKeyArn: properties.kmsKeyArn,
    lambdaAuthorizerArn: properties.lambdaAuthorizerArn,
    losslessStorageFormat: properties.losslessStorageFormat,
  }
}

function imageSetSummary(summary: ImageSetsMetadataSummary, datastoreId: string): ImageSetSummary {
  const tags = summary.DICOMTags ?? {}
  return {
    datastoreId,
    imageSetId: summary.imageSetId ?? lacking('imageSetId'),
    versionId: summary.version?.toString(),
    isPrimary: summary.isPrimary ?? true,
    createdAt: summary.createdAt,
    updatedAt: summary.updatedAt,
    lastAccessedAt: summary.lastAccessedAt,
    storageTier: summary.storageTier,
    patientId: tags.DICOMPatientId,
    patientName: tags.DICOMPatientName,
    patientBirthDate: tags.DICOMPatientBirthDate,
    patientSex: tags.DICOMPatientSex,
    studyInstanceUid: tags.DICOMStudyInstanceUID,
    studyId: tags.DICOMStudyId,
    studyDescription: tags.DICOMStudyDescription,
    studyDate: tags.DICOMStudyDate,
    studyTime: tags.DICOMStudyTime,
    accessionNumber: tags.DICOMAccessionNumber,
    numberOfStudyRelatedSeries: tags.DICOMNumberOfStudyRelatedSeries,
    numberOfStudyRelatedInstances: tags.DICOMNumberOfStudyRelatedInstances,
    seriesInstanceUid: tags.DICOMSeriesInstanceUID,
    seriesModality: tags.DICOMSeriesModality,
    seriesBodyPart: tags.DICOMSeriesBodyPart,
    seriesNumber: tags.DICOMSeriesNumber,
  }
}

function imageSetVersion(
  version: ImageSetProperties | GetImageSetResponse,
  datastoreId: string,
  imageSetWorkflowStatus: string | undefined,
): ImageSetVersion {
  return {
    datastoreId,
    imageSetId: version.imageSetId ?? lacking('imageSetId'),
    versionId: version.versionId ?? lacking('versionId'),
    imageSetState: version.imageSetState,
    imageSetWorkflowStatus,
    createdAt: version.createdAt,
    updatedAt: version.updatedAt,
    deletedAt: version.deletedAt,
    message: version.message,
    forced: version.overrides?.forced ?? false,
    isPrimary: version.isPrimary ?? true,
  }
}

function imageSet(response: GetImageSetResponse, datastoreId: string): ImageSet {
  return {
    ...imageSetVersion(response, datastoreId, response.imageSetWorkflowStatus),
    imageSetArn: response.imageSetArn,
    lastAccessedAt: response.lastAccessedAt,
    storageTier: response.storageTier,
  }
}
