import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import type { AttributePath } from '../filter/attribute-path.ts'
import type { WalkedInstance } from '../selection/walk-selection.ts'

/** The subject of a row. */
export type TableLevel = 'instance' | 'series' | 'study'

/**
 * Type of the values of a column. `date`: text `YYYY-MM-DD`. `json`: items of a sequence. `mixed`: values in the
 * document's form, because no dictionary tells their type.
 */
export type ColumnType = 'string' | 'int32' | 'int64' | 'uint64' | 'double' | 'boolean' | 'date' | 'json' | 'mixed'

/** A column of a table. */
export interface TableColumn {
  /** The keyword, tag or path of an attribute, or a name defined by this package, such as `imageSetId`. */
  readonly name: string
  readonly type: ColumnType
  /** True if a cell may have several values. Each cell is then a list. */
  readonly isList: boolean
  /** The source of its values. */
  readonly source: ColumnSource
}

/** The source of a column's values. */
export type ColumnSource =
  | { readonly kind: 'attribute'; readonly path: AttributePath }
  | { readonly kind: 'image-set'; readonly of: (walked: WalkedInstance) => JsonValue | undefined }
  /** A sum over the instances of a row. */
  | { readonly kind: 'frames' | 'instances' | 'series' }
  /** All distinct values of an attribute. */
  | { readonly kind: 'distinct'; readonly path: AttributePath }
  /** The names of the columns whose values differ among the instances of the row. */
  | { readonly kind: 'differing' }

/**
 * A row of a table, by the names of its columns. Absent values have no member, and empty values are `null`. A value
 * that does not fit its column's type stays in the document's form.
 */
export type TableRow = Readonly<Record<string, JsonValue>>
