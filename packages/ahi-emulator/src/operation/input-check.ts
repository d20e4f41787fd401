import { idPattern } from '../store/identifiers.ts'
import { ServiceError } from './service-error.ts'

/**
 * Collects what is wrong with the input of one request and answers with all of it, in the words of the service's own
 * validation. Values that fail come back as they are; `finish` throws before they are used.
 */
export interface InputCheck {
  /** A data store, image set or image frame id. */
  id(value: string | undefined, name: string): string
  versionId(value: string | undefined): number | undefined
  /** A version that the operation cannot do without. */
  requiredVersion(value: unknown, name: string): number
  /** A boolean of the query; false when absent. */
  flag(value: string | undefined, name: string): boolean
  /** 1 to 50, the page size of every paginated operation; 50 when absent. */
  maxResults(value: string | undefined): number
  nextToken(value: string | undefined): string | undefined
  oneOf<Value extends string>(value: unknown, name: string, values: readonly Value[]): Value | undefined
  text(value: unknown, name: string, constraint: TextConstraint): string
  /** As `text`, of a member that may be missing or null. */
  optionalText(value: unknown, name: string, constraint: TextConstraint): string | undefined
  /** Adds a failed constraint. */
  fail(value: unknown, name: string, constraint: string): void
  /** @throws {ServiceError} ValidationException naming every failed constraint */
  finish(): void
}

/** What text has to be. Lengths are in UTF-16 code units; the pattern is that of the whole text. */
interface TextConstraint {
  readonly shortest?: number
  readonly longest: number
  readonly pattern?: string
}

/** What stands for a value that the model calls sensitive. */
export const sensitiveValue = '***'

const largestPage = 50
const longestToken = 8192
/** Versions are digits as text; what does not fit is a version that does not exist. */
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

  return {
    fail,
    text,
    optionalText: (value, name, constraint) =>
      value === undefined || value === null ? undefined : text(value, name, constraint),
    id: (value, name) => matching(value, name, idPattern),
    versionId(value) {
      if (value === undefined) return undefined
      return Math.min(Number(matching(value, 'versionId', '\\d+')), largestVersion)
    },
    requiredVersion(value, name) {
      const text = matching(typeof value === 'string' ? value : undefined, name, '\\d+')
      return Math.min(Number(text), largestVersion)
    },
    flag(value, name) {
      if (value !== undefined && value !== 'true' && value !== 'false') fail(value, name, 'Member must be a boolean')
      return value === 'true'
    },
    maxResults(value) {
      if (value === undefined) return largestPage
      const count = /^-?\d+$/.test(value) ? Number(value) : Number.NaN
      if (Number.isNaN(count)) fail(value, 'maxResults', 'Member must be an integer')
      else if (count < 1) fail(value, 'maxResults', 'Member must have value greater than or equal to 1')
      else if (count > largestPage)
        fail(value, 'maxResults', `Member must have value less than or equal to ${largestPage}`)
      return count
    },
    nextToken(value) {
      if (value === undefined) return undefined
      if (value.length === 0) fail(value, 'nextToken', 'Member must have length greater than or equal to 1')
      if (value.length > longestToken) fail(value, 'nextToken', lengthConstraint(longestToken))
      return value
    },
    oneOf(value, name, values) {
      const known = values.find((candidate) => candidate === value)
      if (known === undefined) fail(value, name, enumConstraint(value, values))
      return known
    },
    finish() {
      if (failures.length === 0) return
      const count = failures.length === 1 ? '1 validation error' : `${failures.length} validation errors`
      throw new ServiceError('ValidationException', `${count} detected: ${failures.join('; ')}`)
    },
  }
}

function printable(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
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
