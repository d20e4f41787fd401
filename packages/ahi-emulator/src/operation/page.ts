import { createHash } from 'node:crypto'
import type { PagePosition } from '../store/page-position.ts'
import { validationError } from './service-error.ts'

/** The page that a client asks for. */
export interface PageRequest {
  readonly limit: number
  /** What the page before gave. */
  readonly nextToken: string | undefined
}

/** A list that is given page by page. */
interface PagedList<Item> {
  /** What the list is of. The token of another list is refused. */
  readonly request: unknown
  /** Returns at most `limit` items behind a position. */
  readonly find: (page: { readonly after: PagePosition | undefined; readonly limit: number }) => readonly Item[]
  readonly positionOf: (item: Item) => PagePosition
}

/**
 * Finds one page of a list. There is a token for the next page if more items follow.
 * @throws {ServiceError} ValidationException for text that is no token of this list
 */
export function findPage<Item>(
  { limit, nextToken }: PageRequest,
  { request, find, positionOf }: PagedList<Item>,
): { readonly items: readonly Item[]; readonly nextToken: string | undefined } {
  const found = find({ after: decodePageToken(request, nextToken), limit: limit + 1 })
  const items = found.slice(0, limit)
  const last = items.at(-1)
  const hasMore = last !== undefined && found.length > limit
  return { items, nextToken: hasMore ? encodePageToken(request, positionOf(last)) : undefined }
}

/** Makes an opaque token of where a page ended, with a digest of the request that it belongs to. */
function encodePageToken(request: unknown, position: PagePosition): string {
  return Buffer.from(JSON.stringify([requestDigest(request), position.value, position.id])).toString('base64url')
}

function decodePageToken(request: unknown, token: string | undefined): PagePosition | undefined {
  if (token === undefined) return undefined
  const [digest, value, id, ...others] = parsedToken(token)
  const isPosition = (typeof value === 'string' || typeof value === 'number') && typeof id === 'string'
  if (!isPosition || digest !== requestDigest(request) || others.length > 0) {
    throw validationError('The provided nextToken is invalid')
  }
  return { value, id }
}

function parsedToken(token: string): readonly unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(token, 'base64url').toString())
    return Array.isArray(parsed) ? parsed : []
  } catch {
    return []
  }
}

function requestDigest(request: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([request]))
    .digest('base64url')
    .slice(0, 16)
}
