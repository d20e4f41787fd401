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

type Signal = AbortSignal | undefined

/**
 * The operations whose answers are JSON. Each call is one attempt. It rejects with a `ServiceFailure`, also if the answer
 * lacks a member that the API promises.
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

/** Makes the operations whose answers are JSON. */
export function createJsonOperations(connection: Connection, transport: HttpTransport): JsonOperations {
  const requests = createSignedRequests(connection, transport)
  const control = endpointOf(connection.controlEndpoint)
  const runtime = endpointOf(connection.runtimeEndpoint)

  async function ask(
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
      const answer = await ask(control, { ...jsonGet, operation: 'ListDatastores', path: '/datastore', query }, signal)
      // The one list that the API does not promise.
      return pageOf(answer, answer.list('datastoreSummaries') ?? [], readDatastoreSummary)
    },
    getDatastore: async (datastoreId, signal) => {
      const answer = await ask(
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
      const answer = await ask(
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
      const answer = await ask(
        runtime,
        { ...jsonPost, operation: 'GetImageSet', path, query: queryOf({ version: versionId }) },
        signal,
      )
      return readImageSet(answer, request)
    },
    listImageSetVersions: async ({ datastoreId, imageSetId, nextToken, maxResults }, signal) => {
      const path = `${imageSetPath(datastoreId, imageSetId)}/listImageSetVersions`
      const answer = await ask(
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

/** An empty token ends the list, as in the paginators of AWS. */
function pageOf<T>(answer: JsonMembers, items: readonly JsonMembers[], read: (item: JsonMembers) => T): Page<T> {
  return { items: items.map(read), nextToken: answer.text('nextToken') || undefined }
}

/** Returns the query with those parameters that are given, in the order of their names. */
function queryOf(parameters: Readonly<Record<string, string | number | undefined>>): string {
  return Object.entries(parameters)
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeUri(String(value))}`]))
    .toSorted()
    .join('&')
}

/** Times are seconds since 1970 in the JSON of the API. */
function withTimes(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000
  if (Array.isArray(value)) return value.map(withTimes)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withTimes(member)]))
}
