import { stringifyJson, type JsonValue } from '@ahi-dicom/ahi-metadata'
import { printableJson } from '@ahi-dicom/ahi-metadata/printable'
import type { TableColumn, TableRow } from '../table/table-column.ts'
import { textChunks } from './text-chunks.ts'

/**
 * Yields a table as JSON, one object per line. An empty value is `null`, an absent value has no member. Numbers that
 * are not finite are text. Integers beyond 2^53 have all their digits.
 *
 * @example
 * import { encodeNdjson, tableColumns } from '@ahi-dicom/exporter'
 * import { writeAtomically } from '@ahi-dicom/exporter-fs'
 *
 * const rows = exporter.table({ datastoreId, selectors: 'all' })
 * await writeAtomically('instances.ndjson', encodeNdjson(rows, tableColumns()))
 */
export function encodeNdjson(
  rows: AsyncIterable<TableRow>,
  columns: readonly TableColumn[],
): AsyncGenerator<Uint8Array, void, undefined> {
  return textChunks(jsonLines(rows, columns))
}

async function* jsonLines(
  rows: AsyncIterable<TableRow>,
  columns: readonly TableColumn[],
): AsyncGenerator<string, void, undefined> {
  for await (const row of rows) {
    yield `${rowJson(row, columns)}\n`
  }
}

/**
 * Returns a row as JSON, in the form that {@link encodeNdjson} writes.
 *
 * @example
 * import { rowJson, tableColumns } from '@ahi-dicom/exporter'
 *
 * const shape = { level: 'series', columns: ['Modality'] } as const
 * for await (const row of exporter.table({ datastoreId, selectors: [{ studyInstanceUid, seriesInstanceUid }], ...shape })) {
 *   console.log(rowJson(row, tableColumns(shape))) // {"Modality":"CT"}
 * }
 */
export function rowJson(row: TableRow, columns: readonly TableColumn[]): string {
  const members = columns.flatMap(({ name }) => (Object.hasOwn(row, name) ? [[name, finite(row[name] ?? null)]] : []))
  return printableJson(stringifyJson(Object.fromEntries(members)))
}

function finite(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(finite)
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}
