import { createHash } from 'node:crypto'
import type { PagePosition } from '../store/page-position.ts'
import { validationError } from './service-error.ts'

/** The page that a client requests. */
export interface PageRequest {
  readonly limit: number
  /** Token from the previous page. */
  readonly nextToken: string | undefined
}

/** A list that is returned in pages. */
interface PagedList<Item> {
  /** The request that defines the list. Tokens of other requests are refused. */
  readonly request: unknown
  /** Returns at most `limit` items after a position. */
  readonly find: (page: { readonly after: PagePosition | undefined; readonly limit: number }) => readonly Item[]
  readonly positionOf: (item: Item) => PagePosition
}

/**
 * Returns one page of a list, and a token for the next page if more items follow.
 * @throws {ServiceError} ValidationException if the token is not one of this list
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

/** Returns an opaque token with the last position of a page and a digest of its request. */
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
