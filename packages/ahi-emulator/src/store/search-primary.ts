import type { DatabaseSync } from 'node:sqlite'
import { readImageSet, timeKey } from './image-sets.ts'
import type { ImageSet } from './image-sets.ts'
import { personNameMatches } from './person-name.ts'
import { textColumn } from './row.ts'

/** What columns say of the attributes that primary image sets are searched by, by keyword. */
const EXPRESSIONS = {
  StudyDate: 'study_date_and_time',
  StudyTime: 'time_key(study_time)',
  AccessionNumber: 'accession_number',
  ModalitiesInStudy: 'modality',
  ReferringPhysicianName: 'referring_physician_name',
  StudyDescription: 'study_description',
  PatientName: 'patient_name',
  PatientID: 'patient_id',
  PatientBirthDate: "replace(patient_birth_date, '.', '')",
  PatientBirthTime: 'time_key(patient_birth_time)',
  StudyInstanceUID: 'study_instance_uid',
  StudyID: 'study_id',
  Modality: 'modality',
  SeriesInstanceUID: 'series_instance_uid',
} as const

/** An attribute that primary image sets are searched by. */
export type PrimaryKey = keyof typeof EXPRESSIONS

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
interface PrimarySearch {
  readonly datastoreId: string
  readonly conditions: readonly PrimaryCondition[]
}

/** Searches of primary image sets, which DICOMweb shows. */
export interface PrimaryImageSets {
  /** UIDs of studies, the one updated last first. */
  studies(search: PrimarySearch & { readonly offset: number; readonly limit: number }): string[]
  /** The primary image sets of a study, in the order of their series numbers. */
  ofStudy(datastoreId: string, studyInstanceUid: string): ImageSet[]
  /** Image sets in the order of their series numbers. */
  series(search: PrimarySearch & { readonly offset: number; readonly limit: number }): ImageSet[]
}

const IN_SERIES_ORDER = 'ORDER BY series_number IS NULL, series_number, series_instance_uid, id'

/** Opens the searches of primary image sets. */
export function primaryImageSets(database: DatabaseSync): PrimaryImageSets {
  database.function('time_key', { deterministic: true }, (time) => (typeof time === 'string' ? timeKey(time) : null))
  database.function('person_name_matches', { deterministic: true }, (name, pattern, isFuzzy) =>
    Number(typeof name === 'string' && personNameMatches(name, String(pattern), isFuzzy === 1)),
  )
  const selectStudy = database.prepare(
    `SELECT * FROM image_sets WHERE datastore_id = ? AND study_instance_uid = ? AND is_primary = 1 ${IN_SERIES_ORDER}`,
  )
  return {
    studies({ offset, limit, ...search }) {
      const { where, parameters } = conditionsOf(search)
      const rows = database
        .prepare(`SELECT study_instance_uid FROM image_sets WHERE ${where} ORDER BY updated_at DESC, id DESC`)
        .iterate(...parameters)
      const found = new Set<string>()
      for (const row of rows) {
        if (found.size === offset + limit) break
        found.add(textColumn(row, 'study_instance_uid'))
      }
      return [...found].slice(offset)
    },
    ofStudy: (datastoreId, studyInstanceUid) => selectStudy.all(datastoreId, studyInstanceUid).map(readImageSet),
    series({ offset, limit, ...search }) {
      const { where, parameters } = conditionsOf(search)
      return database
        .prepare(`SELECT * FROM image_sets WHERE ${where} ${IN_SERIES_ORDER} LIMIT ? OFFSET ?`)
        .all(...parameters, limit, offset)
        .map(readImageSet)
    },
  }
}

interface Conditions {
  readonly where: string
  readonly parameters: readonly (string | number)[]
}

function conditionsOf({ datastoreId, conditions }: PrimarySearch): Conditions {
  const parts = conditions.map(conditionOf)
  return {
    where: ['datastore_id = ? AND is_primary = 1', ...parts.map(({ where }) => where)].join(' AND '),
    parameters: [datastoreId, ...parts.flatMap(({ parameters }) => parameters)],
  }
}

function conditionOf({ key, match }: PrimaryCondition): Conditions {
  if (key === 'StudyDate') return valueCondition(EXPRESSIONS[key], wholeDays(match))
  const condition = valueCondition(EXPRESSIONS[key], match)
  return key === 'ModalitiesInStudy' ? anyOfStudy(condition) : condition
}

/** The column has a time behind its date. */
function wholeDays(match: ValueMatch): ValueMatch {
  if (match.kind !== 'range') return match
  return { kind: 'range', lower: match.lower + '0'.repeat(12), upper: match.upper + '9'.repeat(12) }
}

/** The condition holds for an image set of the study, not for the one that is looked at. */
function anyOfStudy({ where, parameters }: Conditions): Conditions {
  return {
    where: `EXISTS (
      SELECT 1 FROM (SELECT datastore_id AS store, study_instance_uid AS study, is_primary, modality FROM image_sets)
      WHERE store = datastore_id AND study = study_instance_uid AND is_primary = 1 AND ${where}
    )`,
    parameters,
  }
}

function valueCondition(expression: string, match: ValueMatch): Conditions {
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
