import type { DatabaseSync } from 'node:sqlite'
import { readImageSet, timeKey, type ImageSet } from './image-sets.ts'
import { personNameMatches } from './person-name.ts'
import { primaryConditions, type PrimarySearch } from './primary-conditions.ts'
import { textColumn } from './row.ts'

/** One page of search results. */
interface Page {
  readonly offset: number
  readonly limit: number
}

/** Searches of primary image sets, for DICOMweb. */
export interface PrimaryImageSets {
  /** Returns StudyInstanceUIDs, the most recently updated study first. */
  studies(search: PrimarySearch, page: Page): string[]
  /** Returns the primary image sets of a study in the order of their SeriesNumber. */
  ofStudy(datastoreId: string, studyInstanceUid: string): ImageSet[]
  /** Returns ids of image sets in the order of their SeriesNumber. */
  ids(search: PrimarySearch, page: Page): string[]
}

const updateOrder = ['updated_at DESC', 'id DESC']
const seriesOrder = ['series_order', 'series_instance_uid', 'id']

/** Opens the searches of primary image sets. */
export function openPrimaryImageSets(database: DatabaseSync): PrimaryImageSets {
  database.function('time_key', { deterministic: true }, (time) => (typeof time === 'string' ? timeKey(time) : null))
  database.function('person_name_matches', { deterministic: true }, (name, pattern, isFuzzy) =>
    Number(typeof name === 'string' && personNameMatches(name, String(pattern), isFuzzy === 1)),
  )
  const selectStudy = database.prepare(
    `SELECT * FROM image_sets WHERE datastore_id = ? AND study_instance_uid = ? AND is_primary = 1
     ${orderBy(seriesOrder, { byIndex: false })}`,
  )
  return {
    studies(search, { offset, limit }) {
      const { from, where, parameters, access } = primaryConditions(search)
      const order = orderBy(updateOrder, { byIndex: access === 'order' })
      const rows = database
        .prepare(`SELECT study_instance_uid FROM ${from} WHERE ${where} ${order}`)
        .iterate(...parameters)
      const found = new Set<string>()
      for (const row of rows) {
        if (found.size === offset + limit) break
        found.add(textColumn(row, 'study_instance_uid'))
      }
      return [...found].slice(offset)
    },
    ofStudy: (datastoreId, studyInstanceUid) => selectStudy.all(datastoreId, studyInstanceUid).map(readImageSet),
    ids(search, { offset, limit }) {
      const { from, where, parameters, access } = primaryConditions(search)
      const order = orderBy(seriesOrder, { byIndex: access === 'order' })
      return database
        .prepare(`SELECT id FROM ${from} WHERE ${where} ${order} LIMIT ? OFFSET ?`)
        .all(...parameters, limit, offset)
        .map((row) => textColumn(row, 'id'))
    },
  }
}

/**
 * Returns an ORDER BY clause. SQLite prefers the index of the order over one that finds few rows. If `byIndex` is
 * false, plus signs prevent that (SQLite, "The Query Optimizer Overview", 3.1).
 */
function orderBy(terms: readonly string[], { byIndex }: { readonly byIndex: boolean }): string {
  return `ORDER BY ${terms.map((term) => (byIndex ? term : `+${term}`)).join(', ')}`
}
