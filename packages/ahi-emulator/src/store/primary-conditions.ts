/** How image sets are found by an attribute. */
type Access =
  /** By an index of its own. */
  | 'index'
  /** By going through the table, which takes less time than to look up every row of an index. */
  | 'scan'
  /** By going through the index of the order that the results have. */
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

/** Where these attributes are, by keyword. */
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

/** How a value has to be. */
export type ValueMatch =
  | { readonly kind: 'oneOf'; readonly values: readonly string[] }
  /** With `*` and `?`, case-sensitive. */
  | { readonly kind: 'wildcard'; readonly pattern: string }
  /** Both ends included; DA of 8 digits, TM of 12. */
  | { readonly kind: 'range'; readonly lower: string; readonly upper: string }
  | { readonly kind: 'personName'; readonly pattern: string; readonly isFuzzy: boolean }

/** A condition on an attribute. */
export interface PrimaryCondition {
  readonly key: PrimaryKey
  readonly match: ValueMatch
}

/** Which primary image sets to look at: all conditions must hold. */
export interface PrimarySearch {
  readonly datastoreId: string
  readonly conditions: readonly PrimaryCondition[]
}

/** SQL of a condition. */
interface Condition {
  readonly where: string
  readonly parameters: readonly (string | number)[]
}

/** Indexes of attributes in which few image sets agree, the best first. */
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

/** Says how primary image sets are searched. */
export function primaryConditions({ datastoreId, conditions }: PrimarySearch): SearchSql {
  const access = accessOf(conditions)
  const isEqual = (wanted: PrimaryKey): boolean =>
    conditions.some(({ key, match }) => key === wanted && match.kind === 'oneOf')
  const [, index] = keyIndexes.find(([key]) => isEqual(key)) ?? []
  const parts = conditions.map((condition) => conditionOf(condition, datastoreId))
  // The plus signs keep SQLite from the indexes, all of which begin with the data store.
  const ofDatastore =
    access === 'scan' ? '+datastore_id = ? AND +is_primary = 1' : 'datastore_id = ? AND is_primary = 1'
  return {
    access,
    // SQLite would rather go through an index that has all columns than use one that finds few rows.
    from: index === undefined ? 'image_sets' : `image_sets INDEXED BY ${index}`,
    where: [ofDatastore, ...parts.map(({ where }) => where)].join(' AND '),
    parameters: [datastoreId, ...parts.flatMap(({ parameters }) => parameters)],
  }
}

function accessOf(conditions: readonly PrimaryCondition[]): Access {
  const ways = conditions.map(({ key, match }) => {
    const startsAnyhow = match.kind === 'wildcard' && /^[*?]/.test(match.pattern)
    return startsAnyhow && attributesByKey[key].access === 'index' ? 'scan' : attributesByKey[key].access
  })
  return ways.includes('index') ? 'index' : ways.includes('scan') ? 'scan' : 'order'
}

function conditionOf({ key, match }: PrimaryCondition, datastoreId: string): Condition {
  const { expression } = attributesByKey[key]
  if (key === 'StudyDate') return valueCondition(expression, wholeDays(match))
  const condition = valueCondition(expression, match)
  return key === 'ModalitiesInStudy' ? anyOfStudy(condition, datastoreId) : condition
}

/** The column has a time behind its date. */
function wholeDays(match: ValueMatch): ValueMatch {
  if (match.kind !== 'range') return match
  return { kind: 'range', lower: match.lower + '0'.repeat(12), upper: match.upper + '9'.repeat(12) }
}

/** The condition holds for an image set of the study, not for the one that is looked at. */
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
    // GLOB has classes of characters, too.
    return { where: `${expression} GLOB ?`, parameters: [match.pattern.replaceAll('[', '[[]')] }
  }
  return { where: `person_name_matches(${expression}, ?, ?)`, parameters: [match.pattern, Number(match.isFuzzy)] }
}
