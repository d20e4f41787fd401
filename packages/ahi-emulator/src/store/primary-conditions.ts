/** How image sets are found by an attribute. */
type Access =
  /** By an index on the attribute. */
  | 'index'
  /** By scanning the table, which is faster than looking up every row of an index. */
  | 'scan'
  /** By scanning the index that has the order of the results. */
  | 'order'

/** An attribute that primary image sets are searched by. */
export type PrimaryKey =
  | 'StudyDate'
  | 'StudyTime'
  | 'AccessionNumber'
  | 'ModalitiesInStudy'
  | 'ReferringPhysicianName'
  | 'StudyDescription'
  | 'PatientName'
  | 'PatientID'
  | 'PatientBirthDate'
  | 'PatientBirthTime'
  | 'StudyInstanceUID'
  | 'StudyID'
  | 'Modality'
  | 'SeriesInstanceUID'

/** SQL expression and access of each attribute. */
const attributesByKey: Readonly<Record<PrimaryKey, { readonly expression: string; readonly access: Access }>> = {
  StudyDate: { expression: 'study_date_and_time', access: 'index' },
  StudyTime: { expression: 'time_key(study_time)', access: 'scan' },
  AccessionNumber: { expression: 'accession_number', access: 'index' },
  ModalitiesInStudy: { expression: 'modality', access: 'order' },
  ReferringPhysicianName: { expression: 'referring_physician_name', access: 'scan' },
  StudyDescription: { expression: 'study_description', access: 'scan' },
  PatientName: { expression: 'patient_name', access: 'index' },
  PatientID: { expression: 'patient_id', access: 'index' },
  PatientBirthDate: { expression: "replace(patient_birth_date, '.', '')", access: 'scan' },
  PatientBirthTime: { expression: 'time_key(patient_birth_time)', access: 'scan' },
  StudyInstanceUID: { expression: 'study_instance_uid', access: 'index' },
  StudyID: { expression: 'study_id', access: 'index' },
  Modality: { expression: 'modality', access: 'scan' },
  SeriesInstanceUID: { expression: 'series_instance_uid', access: 'index' },
}

/** A condition on a value. */
export type ValueMatch =
  | { readonly kind: 'oneOf'; readonly values: readonly string[] }
  /** With the wildcards `*` and `?`, case-sensitive. */
  | { readonly kind: 'wildcard'; readonly pattern: string }
  /** Including both ends. DA has 8 digits, TM has 12. */
  | { readonly kind: 'range'; readonly lower: string; readonly upper: string }
  | { readonly kind: 'personName'; readonly pattern: string; readonly isFuzzy: boolean }

/** A condition on an attribute. */
export interface PrimaryCondition {
  readonly key: PrimaryKey
  readonly match: ValueMatch
}

/** A search of primary image sets. All conditions must hold. */
export interface PrimarySearch {
  readonly datastoreId: string
  readonly conditions: readonly PrimaryCondition[]
}

/** A condition in SQL. */
interface Condition {
  readonly where: string
  readonly parameters: readonly (string | number)[]
}

/** Indexes on attributes whose values few image sets share, the most selective first. */
const keyIndexes: readonly (readonly [key: PrimaryKey, index: string])[] = [
  ['SeriesInstanceUID', 'image_sets_by_series'],
  ['StudyInstanceUID', 'image_sets_by_study'],
  ['AccessionNumber', 'image_sets_by_accession'],
  ['PatientID', 'image_sets_by_patient'],
  ['StudyID', 'image_sets_by_study_id'],
]

/** The SQL of a search of primary image sets: the table, with the index to use, and the conditions. */
interface SearchSql extends Condition {
  readonly from: string
  readonly access: Access
}

/** Returns the SQL of a search of primary image sets. */
export function primaryConditions({ datastoreId, conditions }: PrimarySearch): SearchSql {
  const access = accessOf(conditions)
  const isEqual = (wanted: PrimaryKey): boolean =>
    conditions.some(({ key, match }) => key === wanted && match.kind === 'oneOf')
  const [, index] = keyIndexes.find(([key]) => isEqual(key)) ?? []
  const parts = conditions.map((condition) => conditionOf(condition, datastoreId))
  // The plus signs keep SQLite from using an index: all indexes begin with the data store.
  const ofDatastore =
    access === 'scan' ? '+datastore_id = ? AND +is_primary = 1' : 'datastore_id = ? AND is_primary = 1'
  return {
    access,
    // SQLite would prefer to scan an index with all columns over using one that finds few rows.
    from: index === undefined ? 'image_sets' : `image_sets INDEXED BY ${index}`,
    where: [ofDatastore, ...parts.map(({ where }) => where)].join(' AND '),
    parameters: [datastoreId, ...parts.flatMap(({ parameters }) => parameters)],
  }
}

function accessOf(conditions: readonly PrimaryCondition[]): Access {
  const ways = conditions.map(({ key, match }) => {
    const startsWithWildcard = match.kind === 'wildcard' && /^[*?]/.test(match.pattern)
    return startsWithWildcard && attributesByKey[key].access === 'index' ? 'scan' : attributesByKey[key].access
  })
  return ways.includes('index') ? 'index' : ways.includes('scan') ? 'scan' : 'order'
}

function conditionOf({ key, match }: PrimaryCondition, datastoreId: string): Condition {
  const { expression } = attributesByKey[key]
  if (key === 'StudyDate') return valueCondition(expression, wholeDays(match))
  const condition = valueCondition(expression, match)
  return key === 'ModalitiesInStudy' ? anyOfStudy(condition, datastoreId) : condition
}

/** Extends dates by times, because the column contains both. */
function wholeDays(match: ValueMatch): ValueMatch {
  if (match.kind !== 'range') return match
  return { kind: 'range', lower: match.lower + '0'.repeat(12), upper: match.upper + '9'.repeat(12) }
}

/** Returns a condition that holds if any image set of the study matches. */
function anyOfStudy({ where, parameters }: Condition, datastoreId: string): Condition {
  const studies = `SELECT study_instance_uid FROM image_sets WHERE datastore_id = ? AND is_primary = 1 AND ${where}`
  return { where: `+study_instance_uid IN (${studies})`, parameters: [datastoreId, ...parameters] }
}

function valueCondition(expression: string, match: ValueMatch): Condition {
  if (match.kind === 'oneOf') {
    return { where: `${expression} IN (${match.values.map(() => '?').join(', ')})`, parameters: match.values }
  }
  if (match.kind === 'range') {
    return { where: `${expression} BETWEEN ? AND ?`, parameters: [match.lower, match.upper] }
  }
  if (match.kind === 'wildcard') {
    // Escape brackets, which begin character classes in GLOB.
    return { where: `${expression} GLOB ?`, parameters: [match.pattern.replaceAll('[', '[[]')] }
  }
  return { where: `person_name_matches(${expression}, ?, ?)`, parameters: [match.pattern, Number(match.isFuzzy)] }
}
