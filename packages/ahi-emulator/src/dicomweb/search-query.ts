import { isPrivateCreator } from '@ahi-dicom/dicom-standard'
import { lookUpTag } from '@ahi-dicom/dicom-standard/dictionary'
import type { InputCheck } from '../operation/input-check.ts'
import type { PrimaryCondition, ValueMatch } from '../store/primary-conditions.ts'
import { attributeTag, fieldPath, type IncludedFields } from './included-fields.ts'
import { matchKey, type SearchLevel } from './match-keys.ts'
import { valueMatch } from './value-match.ts'

/** A condition on an attribute of an instance. */
export interface InstanceCondition {
  readonly keyword: string
  readonly match: ValueMatch
}

/** The parsed query of a search. */
export interface SearchQuery {
  readonly conditions: readonly PrimaryCondition[]
  readonly instanceConditions: readonly InstanceCondition[]
  readonly fields: IncludedFields
  readonly offset: number
  readonly limit: number
}

/** A parsed search request. */
export interface Search {
  readonly datastoreId: string
  /** URL of the data store. */
  readonly baseUrl: string
  /** StudyInstanceUID in the path. */
  readonly study: string | undefined
  /** SeriesInstanceUID in the path. */
  readonly series: string | undefined
  /** The conditions of the query, and those on the UIDs in the path. */
  readonly conditions: readonly PrimaryCondition[]
  readonly query: SearchQuery
}

const largestLimit = 1000
const largestOffset = 1_000_000
const mostFields = 50
const optionNames = ['limit', 'offset', 'fuzzymatching', 'includefield']

/** Reads the query of a search (PS3.18 8.3.4). Adds failed constraints to `check`. */
export function readSearchQuery(query: URLSearchParams, level: SearchLevel, check: InputCheck): SearchQuery {
  const isFuzzy = check.oneOf(option(query, 'fuzzymatching', check) ?? 'false', 'fuzzymatching', ['true', 'false'])
  const conditions: PrimaryCondition[] = []
  const instanceConditions: InstanceCondition[] = []
  const creators = new Map<number, string>()
  for (const [name, value] of query) {
    if (optionNames.includes(name)) continue
    const tag = attributeTag(name)
    if (tag !== undefined && isPrivateCreator(tag)) creators.set(tag, value.trim())
    const keyword = tag === undefined ? undefined : lookUpTag(tag)?.keyword
    const key = keyword === undefined ? undefined : matchKey(keyword, level)
    if (key === undefined) {
      if (tag === undefined || !isPrivateCreator(tag)) check.fail(value, name, `Member must be a match key of ${level}`)
      continue
    }
    // An empty value matches everything (PS3.4 C.2.2.2.3).
    if (value.trim() === '' || /^\*+$/.test(value)) continue
    const match = valueMatch(value.trim(), { vr: key.vr, isFuzzy: isFuzzy === 'true' })
    if (match === undefined) check.fail(value, name, `Member must be a value of VR ${key.vr}`)
    else if (key.level === 'instance') instanceConditions.push({ keyword: key.keyword, match })
    else conditions.push({ key: key.keyword, match })
  }
  return {
    conditions,
    instanceConditions,
    fields: { ...readFields(query.getAll('includefield'), check), creators },
    offset: check.integer(option(query, 'offset', check) ?? '0', 'offset', { least: 0, most: largestOffset }),
    limit: check.integer(option(query, 'limit', check) ?? '1000', 'limit', { least: 1, most: largestLimit }),
  }
}

function option(query: URLSearchParams, name: string, check: InputCheck): string | undefined {
  const [value, ...others] = query.getAll(name)
  if (others.length > 0) check.fail(others[0], name, 'Member must not occur more than once')
  return value
}

/** Reads `includefield`. Ignores unknown names, like the service. */
function readFields(values: readonly string[], check: InputCheck): Pick<IncludedFields, 'all' | 'paths'> {
  const names = values.flatMap((value) => value.split(',').map((name) => name.trim()))
  if (names.length > mostFields) {
    check.fail(values.join(','), 'includefield', `Member must have length less than or equal to ${mostFields}`)
  }
  return {
    all: names.includes('all'),
    paths: names.flatMap((name) => {
      const path = fieldPath(name)
      return path === undefined ? [] : [path]
    }),
  }
}
