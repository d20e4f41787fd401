import type { ColumnType, TableColumn } from '../table/table-column.ts'

/** The members of a Parquet schema element that are used here (parquet.thrift). */
export interface SchemaElement {
  readonly name: string
  readonly type?: 'BOOLEAN' | 'INT32' | 'INT64' | 'DOUBLE' | 'BYTE_ARRAY'
  readonly repetition_type?: 'OPTIONAL' | 'REPEATED'
  readonly num_children?: number
  readonly converted_type?: 'UTF8' | 'LIST' | 'DATE' | 'UINT_64'
}

type Leaf = Pick<SchemaElement, 'type' | 'converted_type'>

const leaves: Readonly<Record<ColumnType, Leaf>> = {
  boolean: { type: 'BOOLEAN' },
  int32: { type: 'INT32' },
  int64: { type: 'INT64' },
  uint64: { type: 'INT64', converted_type: 'UINT_64' },
  double: { type: 'DOUBLE' },
  date: { type: 'INT32', converted_type: 'DATE' },
  string: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  mixed: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
}

/** Returns the schema of a table. Every value is optional. Lists have the three levels of LogicalTypes.md. */
export function parquetSchema(columns: readonly TableColumn[]): SchemaElement[] {
  return [{ name: 'root', num_children: columns.length }, ...columns.flatMap(columnElements)]
}

function columnElements({ name, type, isList }: TableColumn): readonly SchemaElement[] {
  const leaf = { repetition_type: 'OPTIONAL', ...leaves[type] } as const
  if (!isList) return [{ name, ...leaf }]
  return [
    { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
    { name: 'element', ...leaf },
  ]
}
