import type { InputCheck } from '../operation/input-check.ts'
import { isJsonObject, type JsonObject } from '../operation/json-body.ts'
import { studyDateAndTime } from '../store/image-sets.ts'
import type { ImageSetSearch, SearchColumn, SearchCondition, SortColumn } from '../store/search-image-sets.ts'

/** The filters and the sort order of a search. */
export type SearchCriteria = Pick<ImageSetSearch, 'conditions' | 'sort'>

interface Attribute {
  readonly column: SearchColumn
  /** True if filters may use BETWEEN. */
  readonly isOrdered: boolean
  read(value: unknown, name: string, check: InputCheck): string | number
}

const mostFilters = 2
const longestText = 512
const uidPattern = '[0-9.]+'

/** The union SearchByAttributeValue of the model. */
const attributesByName: ReadonlyMap<string, Attribute> = new Map<string, Attribute>(
  Object.entries({
    DICOMPatientId: textAttribute('patient_id'),
    DICOMAccessionNumber: textAttribute('accession_number'),
    DICOMStudyId: textAttribute('study_id'),
    DICOMStudyInstanceUID: textAttribute('study_instance_uid', uidPattern),
    DICOMSeriesInstanceUID: textAttribute('series_instance_uid', uidPattern),
    createdAt: { column: 'created_at', isOrdered: true, read: readTimestamp },
    updatedAt: { column: 'updated_at', isOrdered: true, read: readTimestamp },
    DICOMStudyDateAndTime: { column: 'study_date_and_time', isOrdered: true, read: readStudyDateAndTime },
    isPrimary: { column: 'is_primary', isOrdered: false, read: readBoolean },
  }),
)

const sortColumns: Readonly<Record<string, SortColumn>> = {
  updatedAt: 'updated_at',
  createdAt: 'created_at',
  DICOMStudyDateAndTime: 'study_date_and_time',
}

/** Reads the body of SearchImageSets. Adds failed constraints to `check`. */
export function readSearchCriteria(body: JsonObject, check: InputCheck): SearchCriteria {
  return { conditions: readFilters(body['filters'], check), sort: readSort(body['sort'], check) }
}

function readSort(sort: unknown, check: InputCheck): SearchCriteria['sort'] {
  if (sort === undefined || sort === null) return { column: 'updated_at', isDescending: true }
  const { sortField, sortOrder } = isJsonObject(sort) ? sort : {}
  const field = check.oneOf(sortField, 'searchCriteria.sort.sortField', Object.keys(sortColumns))
  const order = check.oneOf(sortOrder, 'searchCriteria.sort.sortOrder', ['ASC', 'DESC'])
  return { column: sortColumns[field ?? ''] ?? 'updated_at', isDescending: order === 'DESC' }
}

/** Returns `sort` in the form of the API's model. */
export function describeSort({ column, isDescending }: SearchCriteria['sort']): Record<string, string | undefined> {
  const [sortField] = Object.entries(sortColumns).find(([, candidate]) => candidate === column) ?? []
  return { sortField, sortOrder: isDescending ? 'DESC' : 'ASC' }
}

function readFilters(filters: unknown, check: InputCheck): SearchCondition[] {
  if (filters === undefined || filters === null) return []
  const name = 'searchCriteria.filters'
  if (!Array.isArray(filters) || filters.length === 0) {
    check.fail(filters, name, 'Member must have length greater than or equal to 1')
    return []
  }
  if (filters.length > mostFilters) {
    check.fail(filters, name, `Member must have length less than or equal to ${mostFilters}`)
    return []
  }
  return filters.flatMap((filter, index) => readFilter(filter, `${name}.${index + 1}.member`, check) ?? [])
}

function readFilter(filter: unknown, name: string, check: InputCheck): SearchCondition | undefined {
  const { operator: operatorName, values } = isJsonObject(filter) ? filter : {}
  const operator = check.oneOf(operatorName, `${name}.operator`, ['EQUAL', 'BETWEEN'])
  if (!Array.isArray(values) || values.length === 0) {
    check.fail(values, `${name}.values`, 'Member must have length greater than or equal to 1')
    return undefined
  }
  const count = operator === 'BETWEEN' ? 2 : 1
  if (values.length !== count) {
    check.fail(values, `${name}.values`, `Member must have length equal to ${count} for operator ${String(operator)}`)
    return undefined
  }
  const read = values.flatMap((value, index) => readValue(value, `${name}.values.${index + 1}.member`, check) ?? [])
  const [lower, upper = lower] = read
  if (lower === undefined || upper === undefined) return undefined
  if (lower.attribute !== upper.attribute) check.fail(values, `${name}.values`, 'Members must be of one attribute')
  if (operator === 'BETWEEN' && !lower.attribute.isOrdered) {
    check.fail(operator, `${name}.operator`, 'Member must be EQUAL for this attribute')
  }
  return { column: lower.attribute.column, lower: lower.value, upper: upper.value }
}

function readValue(
  union: unknown,
  name: string,
  check: InputCheck,
): { readonly attribute: Attribute; readonly value: string | number } | undefined {
  const members = isJsonObject(union) ? Object.entries(union).filter(([, value]) => value !== null) : []
  const [member] = members
  const attribute = member === undefined ? undefined : attributesByName.get(member[0])
  if (member === undefined || attribute === undefined || members.length !== 1) {
    check.fail(union, name, `Member must have exactly one of [${[...attributesByName.keys()].join(', ')}]`)
    return undefined
  }
  return { attribute, value: attribute.read(member[1], `${name}.${member[0]}`, check) }
}

function textAttribute(column: SearchColumn, pattern?: string): Attribute {
  const constraint = { longest: longestText, ...(pattern === undefined ? {} : { pattern }) }
  return { column, isOrdered: false, read: (value, name, check) => check.text(value, name, constraint) }
}

/** Reads a timestamp in epoch seconds, as the SDKs send it. Returns milliseconds since 1970. */
function readTimestamp(value: unknown, name: string, check: InputCheck): number {
  if (typeof value === 'number' && Number.isFinite(value)) return Math.round(value * 1000)
  check.fail(value, name, 'Member must be a timestamp in epoch seconds')
  return 0
}

function readStudyDateAndTime(value: unknown, name: string, check: InputCheck): string {
  const { DICOMStudyDate, DICOMStudyTime } = isJsonObject(value) ? value : {}
  const date = check.text(DICOMStudyDate, `${name}.DICOMStudyDate`, { longest: 36, pattern: '[0-9.]*' })
  const isTimed = DICOMStudyTime !== undefined && DICOMStudyTime !== null
  const time = isTimed
    ? check.text(DICOMStudyTime, `${name}.DICOMStudyTime`, { longest: 56, pattern: '[0-9.:]*' })
    : undefined
  return studyDateAndTime(date, time)
}

function readBoolean(value: unknown, name: string, check: InputCheck): number {
  if (typeof value !== 'boolean') check.fail(value, name, 'Member must be a boolean')
  return value === true ? 1 : 0
}
