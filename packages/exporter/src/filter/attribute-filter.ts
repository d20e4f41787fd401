import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import { storageSopClassUid } from '@ahi-dicom/dicom-standard/sop-classes'
import { FilterError } from '../errors.ts'
import type { InstanceFilter } from '../selection/instance-filter.ts'
import { attributeValues, parseAttributePath, type AttributePath, type AttributeValue } from './attribute-path.ts'
import { alternativeByVr, meets, parseAlternative, type Condition, type Mismatch, type Operator } from './condition.ts'
import { formatPatterns, literalPattern, literalText, parsePatterns, type Pattern } from './pattern.ts'
import { summaryAttributes } from './summary-attributes.ts'

/** Attributes of image sets that AHI adds. They are not in the document. */
const ownAttributes: ReadonlySet<string> = new Set(['createdAt', 'updatedAt'])

/** Returns true if a text compares an attribute, such as `KEYWORD=VALUE`. */
export function isComparison(text: string): boolean {
  return /[=<>]/.test(text)
}

/**
 * Parses `KEYWORD=VALUE`, or a comparison with `!=`, `<`, `<=`, `>` or `>=`.
 * @throws {FilterError} for any other text, and for a comparison that no value of the attribute's VR can match
 */
export function parseAttributeFilter(text: string): InstanceFilter {
  const [, key = '', sign = '', value = ''] = comparison.exec(text) ?? []
  const operator = operators.find((one) => one === sign)
  if (operator === undefined) throw new FilterError(text, 'it has no operator')
  const patterns = parsePatterns(value)
  if (patterns === undefined) throw new FilterError(text, 'a quotation mark is not closed')
  return createFilter(text, { key: key.trim(), operator, patterns })
}

/** The creator of a private attribute, in brackets, may contain operator characters. */
const comparison = /^((?:\((?:[^")]|"[^"]*")*\)|[^=<>!(])*)(!=|<=|>=|=|<|>)(.*)$/s

const operators: readonly Operator[] = ['!=', '<=', '>=', '=', '<', '>']

/**
 * Returns a filter for instances with one of these values. Wildcards in them have no special meaning.
 * @throws {FilterError} if the attribute's VR cannot have a value, such as a date that does not exist
 * @example
 * import { equalsFilter } from '@ahi-dicom/exporter'
 *
 * const selected = { datastoreId, selectors: 'all', filters: [equalsFilter('Modality', ['CT', 'MR'])] } as const
 * for await (const { imageSetId } of exporter.listImageSets(selected)) console.log(imageSetId)
 */
export function equalsFilter(keyword: string, values: readonly string[]): InstanceFilter {
  const patterns = values.map((value) => literalPattern(value.trim()))
  return createFilter(`${keyword}=${formatPatterns(patterns)}`, { key: keyword, operator: '=', patterns })
}

interface Comparison {
  readonly key: string
  readonly operator: Operator
  readonly patterns: readonly Pattern[]
}

function createFilter(text: string, { key, operator, patterns: given }: Comparison): InstanceFilter {
  const path = ownAttributes.has(key) ? ownPath(key) : readPath(text, key)
  const patterns = path.name.endsWith('SOPClassUID') ? given.map((pattern) => sopClass(text, pattern)) : given
  const condition = readCondition(text, { path, operator, patterns })
  const attribute = path.steps.length <= 1 ? summaryAttributes[path.name] : undefined
  const name = `${path.name}${operator}${formatPatterns(patterns)}`
  if (attribute === undefined) return { name, matches: (entry) => meets(condition, attributeValues(path, entry)) }
  return {
    name,
    search: attribute.search?.(condition),
    matchesSummary(summary) {
      const value = summaryValue(path, summary)
      return value === undefined ? undefined : meets(condition, [value])
    },
    matches: (entry) => path.steps.length === 0 || meets(condition, attributeValues(path, entry)),
  }
}

/** Returns the pattern of a SOP class. It may be given by name or UID. */
function sopClass(text: string, pattern: Pattern): Pattern {
  const name = literalText(pattern)
  if (name === undefined || !/[a-z]/i.test(name)) return pattern
  const uid = storageSopClassUid(name)
  if (uid === undefined) throw new FilterError(text, `'${name}' is not the name of a storage SOP class; give its UID`)
  return literalPattern(uid)
}

/** Returns the path of an attribute that AHI adds. If AHI does not return it, the filter leaves nothing out. */
function ownPath(name: string): AttributePath {
  return { name, vr: 'DT', vm: '1', steps: [] }
}

function readPath(text: string, key: string): AttributePath {
  const path = parseAttributePath(key)
  if (!('unknown' in path)) return path
  throw new FilterError(
    text,
    `'${path.unknown}' is not a keyword of the DICOM dictionary; give its tag as GGGGEEEE, or (GGGG,xxEE,CREATOR)`,
  )
}

function readCondition(
  text: string,
  { path, operator, patterns }: Pick<Comparison, 'operator' | 'patterns'> & { readonly path: AttributePath },
): Condition {
  const isEquality = operator === '=' || operator === '!='
  if (!isEquality && patterns.length > 1) throw new FilterError(text, `${operator} takes one value`)
  if (path.vr === 'SQ' && !(isEquality && patterns.every(isPresenceTest))) {
    throw new FilterError(text, `${path.name} is a sequence; name an attribute in it, as in ${path.name}.CodeValue`)
  }
  const alternatives = patterns.map((pattern) => {
    const alternative =
      path.vr === undefined ? alternativeByVr(pattern, operator) : parseAlternative(pattern, operator, path.vr)
    if (typeof alternative === 'string') throw new FilterError(text, whyNone(alternative, path))
    return alternative
  })
  return { operator, alternatives }
}

function isPresenceTest(pattern: Pattern): boolean {
  return pattern.every((part) => part === 'any')
}

function whyNone(mismatch: Mismatch, { name, vr }: AttributePath): string {
  if (mismatch === 'reversed') return 'its range ends before it begins'
  if (mismatch === 'unordered') return `values of ${name} have no order`
  return `its value is not a ${comparable(vr)}`
}

function comparable(vr: string | undefined): string {
  if (vr === 'DA') return 'date, such as 2024-05-01 or 20240501'
  if (vr === 'TM') return 'time, such as 10:30 or 103000'
  if (vr === 'DT') return 'time, such as 2024-05-01T10:30'
  return vr === undefined ? 'number, date or time' : 'number'
}

function summaryValue({ name, vr }: AttributePath, summary: ImageSetSummary): AttributeValue | undefined {
  const value = summaryAttributes[name]?.value(summary)
  return value === undefined || (typeof value === 'string' && value.trim() === '') ? undefined : { value, vr }
}
