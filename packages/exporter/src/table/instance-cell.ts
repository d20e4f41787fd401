import type { JsonValue } from '@ahi-dicom/ahi-metadata'
import type { WalkedInstance } from '../selection/walk-selection.ts'
import { attributeCell } from './attribute-cell.ts'
import type { TableColumn } from './table-column.ts'

/**
 * Returns the value of one instance in a column. Undefined if it is absent, or if the column is a sum over instances.
 */
export function instanceCell({ source, isList, type }: TableColumn, walked: WalkedInstance): JsonValue | undefined {
  if (source.kind === 'attribute') return attributeCell({ path: source.path, isList, type }, walked.entry)
  if (source.kind === 'image-set') return source.of(walked)
  return source.kind === 'frames' ? walked.entry.instance.ImageFrames.length : undefined
}
