import { idPattern } from '../store/identifiers.ts'
import type { PageRequest } from './page.ts'
import { validationError } from './service-error.ts'

/**
 * Validates the input of one request, and reports all failures at once in the words of the service. Its methods return
 * invalid values as they are, so call `finish` before using any of them.
 */
export interface InputCheck {
  /** Reads the id of a data store, image set or image frame. */
  id(value: string | undefined, name: string): string
  /** Reads the version in a query. */
  versionId(query: URLSearchParams): number | undefined
  /** Reads a required version. */
  requiredVersion(value: unknown, name: string): number
  /** Reads a boolean of the query. Default false. */
  flag(query: URLSearchParams, name: string): boolean
  /** Reads the page that a query requests: 1 to 50 items, by default 50. */
  page(query: URLSearchParams): PageRequest
  /** Reads an integer of the query. */
  integer(value: string, name: string, bounds: { readonly least: number; readonly most: number }): number
  oneOf<Value extends string>(value: unknown, name: string, values: readonly Value[]): Value | undefined
  text(value: unknown, name: string, constraint: TextConstraint): string
  /** Like `text`, for a member that may be missing or null. */
  optionalText(value: unknown, name: string, constraint: TextConstraint): string | undefined
  /** Adds a failed constraint. */
  fail(value: unknown, name: string, constraint: string): void
  /** @throws {ServiceError} ValidationException naming every failed constraint */
  finish(): void
}

/** A constraint on text. Lengths are in UTF-16 code units. The pattern must match the whole text. */
interface TextConstraint {
  readonly shortest?: number
  readonly longest: number
  readonly pattern?: string
}

/** Shown instead of a value that the model marks as sensitive. */
export const sensitiveValue = '***'

const largestPage = 50
const longestToken = 8192
/** Larger versions are clamped to this number, which no image set reaches. */
const largestVersion = Number.MAX_SAFE_INTEGER

/** Starts checking the input of one request. */
export function createInputCheck(): InputCheck {
  const failures: string[] = []

  function fail(value: unknown, name: string, constraint: string): void {
    const shown = value === undefined || value === null ? 'null' : `'${printable(value)}'`
    failures.push(`Value ${shown} at '${name}' failed to satisfy constraint: ${constraint}`)
  }

  function matching(value: string | undefined, name: string, pattern: string): string {
    if (value === undefined) fail(value, name, 'Member must not be null')
    else if (!new RegExp(`^(?:${pattern})$`).test(value)) fail(value, name, patternConstraint(pattern))
    return value ?? ''
  }

  function text(value: unknown, name: string, { shortest = 0, longest, pattern }: TextConstraint): string {
    if (typeof value !== 'string') {
      fail(value, name, value === undefined || value === null ? 'Member must not be null' : 'Member must be a string')
      return ''
    }
    if (value.length < shortest) {
      fail(value, name, `Member must have length greater than or equal to ${shortest}`)
    }
    if (value.length > longest) fail(value, name, lengthConstraint(longest))
    if (pattern !== undefined) matching(value, name, pattern)
    return value
  }

  function version(value: unknown, name: string): number {
    return Math.min(Number(matching(typeof value === 'string' ? value : undefined, name, '\\d+')), largestVersion)
  }

  function integer(value: string, name: string, bounds: { readonly least: number; readonly most: number }): number {
    const { least, most } = bounds
    const number = /^-?\d+$/.test(value) ? Number(value) : Number.NaN
    if (Number.isNaN(number)) fail(value, name, 'Member must be an integer')
    else if (number < least) fail(value, name, `Member must have value greater than or equal to ${least}`)
    else if (number > most) fail(value, name, `Member must have value less than or equal to ${most}`)
    return number
  }

  return {
    fail,
    text,
    optionalText: (value, name, constraint) =>
      value === undefined || value === null ? undefined : text(value, name, constraint),
    id: (value, name) => matching(value, name, idPattern),
    versionId: (query) => (query.has('version') ? version(query.get('version'), 'versionId') : undefined),
    requiredVersion: version,
    flag(query, name) {
      const value = query.get(name) ?? 'false'
      if (value !== 'true' && value !== 'false') fail(value, name, 'Member must be a boolean')
      return value === 'true'
    },
    page(query) {
      const [maxResults, nextToken] = [query.get('maxResults'), query.get('nextToken')]
      return {
        limit: maxResults === null ? largestPage : integer(maxResults, 'maxResults', { least: 1, most: largestPage }),
        nextToken:
          nextToken === null ? undefined : text(nextToken, 'nextToken', { shortest: 1, longest: longestToken }),
      }
    },
    integer,
    oneOf(value, name, values) {
      const known = values.find((candidate) => candidate === value)
      if (known === undefined) fail(value, name, enumConstraint(value, values))
      return known
    },
    finish() {
      if (failures.length === 0) return
      const count = failures.length === 1 ? '1 validation error' : `${failures.length} validation errors`
      throw validationError(`${count} detected: ${failures.join('; ')}`)
    },
  }
}

/** Returns a value as text, or `***` if it nests too deeply for JSON.stringify. */
function printable(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value)
  } catch (error) {
    if (error instanceof RangeError) return sensitiveValue
    throw error
  }
}

function patternConstraint(pattern: string): string {
  return `Member must satisfy regular expression pattern: ${pattern}`
}

function lengthConstraint(longest: number): string {
  return `Member must have length less than or equal to ${longest}`
}

function enumConstraint(value: unknown, values: readonly string[]): string {
  if (value === undefined || value === null) return 'Member must not be null'
  return `Member must satisfy enum value set: [${values.join(', ')}]`
}
