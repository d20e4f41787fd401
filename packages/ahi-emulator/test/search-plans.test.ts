import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../src/store/open-database.ts'
import {
  searchQuery,
  type SearchColumn,
  type SearchCondition,
  type SortColumn,
} from '../src/store/search-image-sets.ts'

const textColumns = ['patient_id', 'accession_number', 'study_id', 'study_instance_uid', 'series_instance_uid'] as const
const sortColumns = ['updated_at', 'created_at', 'study_date_and_time'] as const

const equal = (column: SearchColumn, value: string | number = 'x'): SearchCondition => ({
  column,
  lower: value,
  upper: value,
})
const dates: readonly SearchCondition[] = [
  { column: 'created_at', lower: 1, upper: 2 },
  { column: 'updated_at', lower: 1, upper: 2 },
  { column: 'study_date_and_time', lower: '1', upper: '2' },
  equal('is_primary', 1),
]

/** Checks SQLite's query plans for the first page and for later pages. */
describe('a search of image sets', () => {
  let folder: string
  let database: DatabaseSync

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ahi-emulator-test-'))
    database = openDatabase(folder)
  })

  afterAll(() => {
    database.close()
    rmSync(folder, { recursive: true, force: true })
  })

  function plans(conditions: readonly SearchCondition[], column: SortColumn): string[] {
    return [true, false].flatMap((isDescending) =>
      [undefined, { value: 1, id: 'x' }].flatMap((after) => {
        const search = { datastoreId: 'x', conditions, sort: { column, isDescending }, after, limit: 51 }
        const { sql, parameters } = searchQuery(database, search)
        return database
          .prepare(`EXPLAIN QUERY PLAN ${sql}`)
          .all(...parameters)
          .map(({ detail }) => String(detail))
      }),
    )
  }

  test.each(sortColumns)('by dates and flags scans only the index for %s, and sorts nothing', (column) => {
    for (const conditions of [[], ...dates.map((one) => [one]), [...dates].slice(0, 2)]) {
      for (const plan of plans(conditions, column)) {
        expect(plan).toMatch(/^SEARCH image_sets USING COVERING INDEX image_sets_by_(update|creation|study_date) /)
      }
    }
  })

  test.each(textColumns)('by %s uses only the index of that column', (text) => {
    for (const conditions of [[], ...dates.map((one) => [one])]) {
      for (const sort of sortColumns) {
        for (const plan of plans([equal(text), ...conditions], sort)) {
          // Matches of the text may have to be sorted, unless the order is by update.
          if (sort !== 'updated_at' && plan === 'USE TEMP B-TREE FOR ORDER BY') continue
          expect(plan).toMatch(
            new RegExp(
              `^SEARCH image_sets USING COVERING INDEX image_sets_by_\\w+ \\(datastore_id=\\? AND ${text}=\\?`,
            ),
          )
        }
      }
    }
  })

  test('by two texts uses the index of the more selective one', () => {
    const add = database.prepare(
      `INSERT INTO image_sets (id, datastore_id, grouping_key, is_primary, latest_version, created_at, updated_at,
         study_date_and_time, study_instance_uid, series_instance_uid, patient_id, accession_number, instance_count)
       VALUES (?, 'x', '', 1, 1, 1, 1, '', ?, ?, 'x', 'x', 1)`,
    )
    database.prepare(`INSERT INTO datastores VALUES ('x', '', 'ACTIVE', 'HTJ2K', 1, 1)`).run()
    database.exec('BEGIN')
    for (let index = 0; index < 1000; index += 1) add.run(String(index), index < 2 ? 'x' : 'y', index === 0 ? 'x' : 'y')
    database.exec('COMMIT')
    expect(plans([equal('patient_id'), equal('study_instance_uid')], 'updated_at').join('\n')).toContain(
      'image_sets_by_study ',
    )
    expect(plans([equal('series_instance_uid'), equal('study_instance_uid')], 'updated_at').join('\n')).toContain(
      'image_sets_by_series ',
    )
    expect(plans([equal('patient_id'), equal('accession_number')], 'updated_at').join('\n')).toContain(
      'image_sets_by_update ',
    )
  })
})
