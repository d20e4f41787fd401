import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import type { AttributePath } from '../filter/attribute-path.ts'
import type { WalkedInstance } from '../selection/walk-selection.ts'

/** What a row of a table is about. */
export type TableLevel = 'instance' | 'series' | 'study'

/**
 * Type of the values of a column. `date`: text `YYYY-MM-DD`. `json`: items of a sequence. `mixed`: what the document has, since
 * no dictionary tells the type.
 */
export type ColumnType = 'string' | 'int32' | 'int64' | 'uint64' | 'double' | 'boolean' | 'date' | 'json' | 'mixed'

/** A column of a table. */
export interface TableColumn {
  /** Keyword, tag or path of an attribute, or a name of this package such as `imageSetId`. */
  readonly name: string
  readonly type: ColumnType
  /** Whether a cell may have several values, so that each is a list. */
  readonly isList: boolean
  /** Where its values come from. */
  readonly source: ColumnSource
}

/** Where the values of a column come from. */
export type ColumnSource =
  | { readonly kind: 'attribute'; readonly path: AttributePath }
  | { readonly kind: 'image-set'; readonly of: (walked: WalkedInstance) => JsonValue | undefined }
  /** Sums over the instances of a row. */
  | { readonly kind: 'frames' | 'instances' | 'series' }
  /** All values of an attribute, each once. */
  | { readonly kind: 'distinct'; readonly path: AttributePath }
  /** Names of the columns whose value is not the same for all instances of the row. */
  | { readonly kind: 'differing' }

/**
 * A row of a table by the names of its columns. A value that is absent has no member, and one that is there and empty is
 * `null`. A value that is not of the type of its column stays as the document has it.
 */
export type TableRow = Readonly<Record<string, JsonValue>>
