import { createHash } from 'node:crypto'
import type { PagePosition } from '../store/page-position.ts'
import { ServiceError } from './service-error.ts'

/**
 * Makes the nextToken of a page: where the page ended, and a digest of the request that it belongs to, so that a token
 * of another search is told from one of this. Clients see opaque text.
 */
export function encodePageToken(request: unknown, position: PagePosition): string {
  return Buffer.from(JSON.stringify([requestDigest(request), position.value, position.id])).toString('base64url')
}

/**
 * Reads a nextToken back.
 * @throws {ServiceError} ValidationException for text that is no token of this request
 */
export function decodePageToken(request: unknown, token: string | undefined): PagePosition | undefined {
  if (token === undefined) return undefined
  const [digest, value, id, ...others] = parsedToken(token)
  const isPosition = (typeof value === 'string' || typeof value === 'number') && typeof id === 'string'
  if (!isPosition || digest !== requestDigest(request) || others.length > 0) {
    throw new ServiceError('ValidationException', 'The provided nextToken is invalid')
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
