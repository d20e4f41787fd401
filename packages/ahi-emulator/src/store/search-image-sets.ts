import type { DatabaseSync } from 'node:sqlite'
import type { PagePosition } from './page-position.ts'
import { readImageSet } from './image-sets.ts'
import type { ImageSet } from './image-sets.ts'
import { textColumn } from './row.ts'

/** Columns that SearchImageSets filters by. */
export type SearchColumn =
  | 'patient_id'
  | 'accession_number'
  | 'study_id'
  | 'study_instance_uid'
  | 'series_instance_uid'
  | 'created_at'
  | 'updated_at'
  | 'study_date_and_time'
  | 'is_primary'

/** One condition: a column within bounds, which are the same for an equality. */
export interface SearchCondition {
  readonly column: SearchColumn
  readonly lower: string | number
  readonly upper: string | number
}

/** Columns that SearchImageSets sorts by. */
export type SortColumn = 'updated_at' | 'created_at' | 'study_date_and_time'

/** A search for one page of image sets. */
export interface ImageSetSearch {
  readonly datastoreId: string
  /** All must hold. */
  readonly conditions: readonly SearchCondition[]
  readonly sort: { readonly column: SortColumn; readonly isDescending: boolean }
  /** The last image set of the page before. */
  readonly after?: PagePosition | undefined
  readonly limit: number
}

/** An image set that a search found, with its place in the order. */
export interface FoundImageSet {
  readonly imageSet: ImageSet
  readonly position: PagePosition
}

/**
 * Searches image sets by key set: a page costs the same wherever it is, and nothing is skipped
 * when sets are added. An image set without a study date sorts before the others.
 */
export function searchImageSets(database: DatabaseSync, search: ImageSetSearch): FoundImageSet[] {
  const { column, isDescending } = search.sort
  const conditions = ['datastore_id = ?']
  const parameters: (string | number)[] = [search.datastoreId]
  for (const condition of search.conditions) {
    conditions.push(`${condition.column} BETWEEN ? AND ?`)
    parameters.push(condition.lower, condition.upper)
  }
  if (search.after !== undefined) {
    conditions.push(`(${column}, id) ${isDescending ? '<' : '>'} (?, ?)`)
    parameters.push(search.after.value, search.after.id)
  }
  const direction = isDescending ? 'DESC' : 'ASC'
  return database
    .prepare(
      `SELECT * FROM image_sets WHERE ${conditions.join(' AND ')}
       ORDER BY ${column} ${direction}, id ${direction} LIMIT ?`,
    )
    .all(...parameters, search.limit)
    .map((row) => ({
      imageSet: readImageSet(row),
      position: { value: sortKey(row[column]), id: textColumn(row, 'id') },
    }))
}

function sortKey(value: unknown): string | number {
  if (typeof value === 'string' || typeof value === 'number') return value
  throw new TypeError('Cannot order image sets: the sort key is neither text nor number')
}
