import type { ErrorEntry } from '@ahi-dicom/export-files'
import { createDocumentMemory } from '../memory/document-memory.ts'
import type { MemoryShares } from '../memory/max-memory.ts'
import type { ExporterClient } from '../selection/client.ts'
import { passOn } from '../selection/item-failure.ts'
import type { SelectionOptions } from '../selection/selection-options.ts'
import { walkSelection, type WalkedInstance } from '../selection/walk-selection.ts'
import { instanceCell } from './instance-cell.ts'
import { createRowGroups, type RowGroupOptions } from './row-groups.ts'
import type { TableColumn, TableRow } from './table-column.ts'
import { tableColumns, type TableShape } from './table-columns.ts'
import { tableRow } from './table-row.ts'

/** Options of a table: the selection and its shape. */
export interface TableOptions extends SelectionOptions, TableShape {
  /**
   * Called for image sets that cannot be read and selectors that match nothing. The table then continues. Default: the
   * first failure is thrown.
   */
  readonly onFailure?: ((failure: ErrorEntry) => void) | undefined
  /** Called after each image set. */
  readonly onProgress?: ((progress: TableProgress) => void) | undefined
}

/** The progress of a table. */
export interface TableProgress {
  readonly imageSets: { readonly done: number; readonly total: number }
  /** True once the search is over, so that the total no longer grows. */
  readonly isTotalKnown: boolean
}

/** Parts needed to make a table. */
export interface TableParts {
  readonly client: ExporterClient
  /** Aborts when the exporter is closed. */
  readonly closed: AbortSignal
  readonly memory: MemoryShares
}

/**
 * Reads metadata documents and yields rows. Rows of instances come at once. Rows of series and studies come after all
 * documents are read.
 *
 * @throws {ColumnError} at the call, if a column does not exist
 */
export function readTable(parts: TableParts, options: TableOptions): AsyncIterable<TableRow> {
  const columns = tableColumns(options)
  const { level = 'instance' } = options
  const instances = walkInstances(parts, options)
  if (level === 'instance') return instanceRows(columns, instances)
  return groupRows({ columns, level, maxMemory: parts.memory.record }, instances)
}

async function* instanceRows(
  columns: readonly TableColumn[],
  instances: AsyncIterable<WalkedInstance>,
): AsyncGenerator<TableRow, void, undefined> {
  for await (const walked of instances) {
    yield tableRow(
      columns,
      columns.map((column) => instanceCell(column, walked)),
    )
  }
}

async function* groupRows(
  options: RowGroupOptions,
  instances: AsyncIterable<WalkedInstance>,
): AsyncGenerator<TableRow, void, undefined> {
  using groups = createRowGroups(options)
  for await (const walked of instances) groups.add(walked)
  yield* groups.rows()
}

/** Yields each selected instance once. */
async function* walkInstances(
  { client, closed, memory }: TableParts,
  options: TableOptions,
): AsyncGenerator<WalkedInstance, void, undefined> {
  const signal = options.signal === undefined ? closed : AbortSignal.any([closed, options.signal])
  signal.throwIfAborted()
  const progress = { done: 0, total: 0, isOver: false }

  function tell(): void {
    const { done, total, isOver } = progress
    options.onProgress?.({ imageSets: { done, total }, isTotalKnown: isOver })
  }

  function finishImageSet(): void {
    progress.done += 1
    tell()
  }

  const walk = walkSelection(client, {
    ...options,
    signal,
    documentMemory: createDocumentMemory(memory.documents),
    maxMemory: memory.walk,
    onSelected: () => void (progress.total += 1),
    onLoaded: finishImageSet,
    onUnreadable: finishImageSet,
    onSelectionOver: () => void (progress.isOver = true),
  })
  for await (const walked of walk) {
    if (walked.kind === 'failure') passOn(walked, options.onFailure)
    else if (!walked.isDuplicate) yield walked
  }
  tell()
}
