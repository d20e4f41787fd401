import { readDatastore, readDatastoreSummary } from '../answers/datastore-answers.ts'
import { readImageSet, readImageSetSummary, readImageSetVersion } from '../answers/image-set-answers.ts'
import { type JsonMembers, parseMembers } from '../answers/json-members.ts'
import type { HttpTransport } from '../http/http-transport.ts'
import type { Datastore, DatastoreStatus, DatastoreSummary } from '../model/datastore.ts'
import type { ImageSet, ImageSetSummary, ImageSetVersion } from '../model/image-set.ts'
import type { ImageSetRequest } from '../model/image-set-request.ts'
import type { SearchFilter } from '../model/search-criteria.ts'
import type { Connection } from './connection.ts'
import { encodeUri } from './encode-uri.ts'
import { imageSetPath, jsonPost } from './image-set-bytes.ts'
import { createSignedRequests, type Endpoint, endpointOf, type UnsignedRequest } from './signed-requests.ts'

/** One page of a list. */
export interface Page<T> {
  readonly items: readonly T[]
  readonly nextToken: string | undefined
}

/** The page to request. */
export interface PageRequest {
  readonly nextToken: string | undefined
  readonly maxResults: number | undefined
}

/** Parameters of SearchImageSets. */
interface SearchRequest extends PageRequest {
  readonly datastoreId: string
  readonly filters: SearchFilter[]
  readonly sort:
    | { readonly sortField: 'updatedAt' | 'createdAt' | 'DICOMStudyDateAndTime'; readonly sortOrder: 'ASC' | 'DESC' }
    | undefined
}

type Signal = AbortSignal | undefined

/**
 * The operations that return JSON. Each call is one attempt. It rejects with a `ServiceFailure`, also if the answer
 * lacks a required member.
 */
export interface JsonOperations {
  listDatastores(
    page: PageRequest & { readonly datastoreStatus: DatastoreStatus | undefined },
    signal: Signal,
  ): Promise<Page<DatastoreSummary>>
  getDatastore(datastoreId: string, signal: Signal): Promise<Datastore>
  searchImageSets(request: SearchRequest, signal: Signal): Promise<Page<ImageSetSummary>>
  getImageSet(request: ImageSetRequest, signal: Signal): Promise<ImageSet>
  listImageSetVersions(request: ImageSetRequest & PageRequest, signal: Signal): Promise<Page<ImageSetVersion>>
}

/** A page has at most 50 items of some kilobytes each. */
const limit = { byteLength: 4 * 2 ** 20 }

/** Creates the operations that return JSON. */
export function createJsonOperations(connection: Connection, transport: HttpTransport): JsonOperations {
  const requests = createSignedRequests(connection, transport)
  const control = endpointOf(connection.controlEndpoint)
  const runtime = endpointOf(connection.runtimeEndpoint)

  async function send(
    endpoint: Endpoint,
    request: Pick<UnsignedRequest, 'operation' | 'method' | 'path' | 'headers'> & Partial<UnsignedRequest>,
    signal: Signal,
  ): Promise<JsonMembers> {
    const { body } = await requests.send(endpoint, { query: '', body: '', ...request, limit }, signal)
    return parseMembers(body)
  }

  return {
    listDatastores: async ({ datastoreStatus, ...page }, signal) => {
      const query = queryOf({ datastoreStatus, ...page })
      const answer = await send(control, { ...jsonGet, operation: 'ListDatastores', path: '/datastore', query }, signal)
      // The only list that is optional in the API.
      return pageOf(answer, answer.list('datastoreSummaries') ?? [], readDatastoreSummary)
    },
    getDatastore: async (datastoreId, signal) => {
      const answer = await send(
        control,
        { ...jsonGet, operation: 'GetDatastore', path: `/datastore/${datastoreId}` },
        signal,
      )
      return readDatastore(answer, datastoreId)
    },
    searchImageSets: async ({ datastoreId, filters, sort, ...page }, signal) => {
      const path = `/datastore/${datastoreId}/searchImageSets`
      const criteria = { ...(filters.length > 0 && { filters }), ...(sort !== undefined && { sort }) }
      const body = JSON.stringify(withTimes(criteria))
      const answer = await send(
        runtime,
        { ...jsonPost, operation: 'SearchImageSets', path, query: queryOf(page), body },
        signal,
      )
      const found = answer.requiredList('imageSetsMetadataSummaries')
      return pageOf(answer, found, (summary) => readImageSetSummary(summary, datastoreId))
    },
    getImageSet: async (request, signal) => {
      const { datastoreId, imageSetId, versionId } = request
      const path = `${imageSetPath(datastoreId, imageSetId)}/getImageSet`
      const answer = await send(
        runtime,
        { ...jsonPost, operation: 'GetImageSet', path, query: queryOf({ version: versionId }) },
        signal,
      )
      return readImageSet(answer, request)
    },
    listImageSetVersions: async ({ datastoreId, imageSetId, nextToken, maxResults }, signal) => {
      const path = `${imageSetPath(datastoreId, imageSetId)}/listImageSetVersions`
      const answer = await send(
        runtime,
        { ...jsonPost, operation: 'ListImageSetVersions', path, query: queryOf({ nextToken, maxResults }) },
        signal,
      )
      const versions = answer.requiredList('imageSetPropertiesList')
      return pageOf(answer, versions, (version) => readImageSetVersion(version, { datastoreId, imageSetId }))
    },
  }
}

const jsonGet = { method: 'GET', headers: {} } as const

/** Returns a page. An empty token ends the list, as in the paginators of AWS. */
function pageOf<T>(answer: JsonMembers, items: readonly JsonMembers[], read: (item: JsonMembers) => T): Page<T> {
  return { items: items.map(read), nextToken: answer.text('nextToken') || undefined }
}

/** Returns the query of the given parameters, sorted by name. */
function queryOf(parameters: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeUri(String(value))}`]))
    .toSorted()
    .join('&')
}

/** Replaces each date by seconds since 1970, as the JSON of the API has it. */
function withTimes(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000
  if (Array.isArray(value)) return value.map(withTimes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withTimes(member)]))
}
