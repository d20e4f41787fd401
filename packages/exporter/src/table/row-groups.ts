import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import { stringifyJson } from '@ahi-dicom/ahi-metadata'
import { createKeyMap, createKeySet } from '@ahi-dicom/export-files'
import { hash } from 'node:crypto'
import { deserialize, serialize } from 'node:v8'
import type { WalkedInstance } from '../selection/walk-selection.ts'
import { attributeCell } from './attribute-cell.ts'
import { instanceCell } from './instance-cell.ts'
import type { TableColumn, TableLevel, TableRow } from './table-column.ts'
import { tableRow, type Cells } from './table-row.ts'

/** Combines instances into rows by series or study. They may come in any order. Dispose of it after use. */
export interface RowGroups extends Disposable {
  add(walked: WalkedInstance): void
  /** Yields one row for each group, in the order of their first instances. */
  rows(): Iterable<TableRow>
}

/** Options of {@link createRowGroups}. */
export interface RowGroupOptions {
  readonly columns: readonly TableColumn[]
  readonly level: Exclude<TableLevel, 'instance'>
  /** Bytes of memory for all groups. More go to a temporary database. */
  readonly maxMemory: number
}

interface Group {
  readonly cells: (JsonValue | undefined)[]
  readonly differs: boolean[]
}

/** Memory of a stored row, in map entries. A map counts 256 bytes for an entry. */
const entriesOfRow = 8

/**
 * Creates an empty collection. Keeps the group of the last instance in memory, because instances of a series mostly
 * follow each other.
 */
export function createRowGroups({ columns, level, maxMemory }: RowGroupOptions): RowGroups {
  const places = createKeyMap<string>({ maxMemory: maxMemory / 4 })
  const groups = createKeyMap<string>({ maxMemory: maxMemory / 2 / entriesOfRow })
  const series = createKeySet({ maxMemory: maxMemory / 4 })
  let last: { readonly place: string; readonly group: Group } | undefined

  function keep(): void {
    if (last !== undefined) groups.set(last.place, serialize(last.group).toString('base64'))
  }

  function groupAt(place: string): Group {
    if (last?.place === place) return last.group
    keep()
    const kept = groups.get(place)
    const group: Group = kept === undefined ? emptyGroup(columns) : deserialize(Buffer.from(kept, 'base64'))
    last = { place, group }
    return group
  }

  function placeOf(key: string): string {
    const known = places.get(key)
    if (known !== undefined) return known
    const place = String(places.size).padStart(12, '0')
    places.set(key, place)
    return place
  }

  return {
    add(walked) {
      const { studyInstanceUid, seriesInstanceUid } = walked.key
      const seriesKey = digest(`${studyInstanceUid}/${seriesInstanceUid}`)
      const isNewSeries = series.add(seriesKey)
      const group = groupAt(placeOf(level === 'series' ? seriesKey : digest(studyInstanceUid)))
      for (const [index, column] of columns.entries()) addTo(group, { index, column, walked, isNewSeries })
    },
    *rows() {
      keep()
      for (const [, kept] of groups.entries()) yield groupRow(columns, deserialize(Buffer.from(kept, 'base64')))
    },
    [Symbol.dispose]() {
      for (const store of [places, groups, series]) store[Symbol.dispose]()
    },
  }
}

/** Returns 144 bits of a digest, as `itemDigest` does. */
function digest(text: string): string {
  return hash('sha256', text, 'base64url').slice(0, 24)
}

/**
 * Returns a group without cells. A cell beyond the end of the list has had no instance yet; a cell that is undefined is
 * absent.
 */
function emptyGroup(columns: readonly TableColumn[]): Group {
  return { cells: [], differs: columns.map(() => false) }
}

interface Addition {
  readonly index: number
  readonly column: TableColumn
  readonly walked: WalkedInstance
  readonly isNewSeries: boolean
}

function addTo({ cells, differs }: Group, { index, column, walked, isNewSeries }: Addition): void {
  const isFirst = index === cells.length
  const before = cells[index]
  const { source } = column
  switch (source.kind) {
    case 'differing':
      cells[index] = undefined
      return
    case 'distinct':
      cells[index] = withValue(
        before,
        attributeCell({ path: source.path, isList: false, type: 'string' }, walked.entry),
      )
      return
    case 'instances':
      cells[index] = Number(before ?? 0) + 1
      return
    case 'series':
      cells[index] = Number(before ?? 0) + Number(isNewSeries)
      return
    case 'frames':
      cells[index] = Number(before ?? 0) + Number(instanceCell(column, walked))
      return
    default: {
      const value = instanceCell(column, walked)
      if (isFirst) cells[index] = value
      else if (!isSame(before, value)) differs[index] = true
    }
  }
}

function withValue(list: JsonValue | undefined, value: JsonValue | undefined): JsonValue {
  const values = Array.isArray(list) ? list : []
  return value === undefined || value === null || values.includes(value) ? values : [...values, value]
}

function isSame(one: JsonValue | undefined, other: JsonValue | undefined): boolean {
  if (typeof one !== 'object' || typeof other !== 'object') return Object.is(one, other)
  return stringifyJson(one) === stringifyJson(other)
}

function groupRow(columns: readonly TableColumn[], { cells, differs }: Group): TableRow {
  const differing = columns.flatMap(({ name }, index) => (differs[index] === true ? [name] : []))
  const filled: Cells = columns.map(({ source }, index) => (source.kind === 'differing' ? differing : cells[index]))
  return tableRow(columns, filled)
}
