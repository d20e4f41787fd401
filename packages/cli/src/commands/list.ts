import { createAhiClient } from '@ahi-dicom/ahi-client'
import { createExporter, type Exporter, type ListOptions } from '@ahi-dicom/exporter'
import type { CommandContext } from '../command-context.ts'
import { UsageError } from '../errors.ts'
import { exitCodes, type ExitCode } from '../exit-codes.ts'
import { createFailureCounts } from '../failure-counts.ts'
import { printJsonLine } from '../json-line.ts'
import { createListProgress } from '../list-progress.ts'
import { type DocumentOptions, documentSettings } from '../options/document-options.ts'
import { readSelection, type SelectionOptions } from '../options/selection-options.ts'
import { createStreamedTable, type StreamedRow } from '../stream-table.ts'
import type { TableColumn } from '../table.ts'

/** Options of `search` and `series`. */
export interface ListingOptions extends SelectionOptions, DocumentOptions {
  /** Prints only identifiers, one per line. */
  readonly ids?: true
}

/** The items that a command lists, and how they are printed. */
export interface Listing<Item> {
  items(exporter: Exporter, options: ListOptions): AsyncIterable<Item>
  readonly columns: readonly TableColumn[]
  row(item: Item): StreamedRow
  json(item: Item): object
  /** Returns the identifier for `--ids`, or undefined if it has been printed already. */
  id(item: Item): string | undefined
  /** Message if nothing is found. */
  readonly nothing: string
}

/**
 * Prints items while they arrive: as a table, as lines of JSON, or as identifiers. Items that cannot be read are logged as
 * errors, and the list continues.
 */
export async function printList<Item>(
  listing: Listing<Item>,
  texts: readonly string[],
  options: ListingOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { terminal, global, log, signal } = context
  if (options.ids === true && global.json === true) {
    throw new UsageError('Cannot use --ids together with --json: leave one of them out')
  }
  const selection = await readSelection(texts, options, context)
  await using client = createAhiClient({ ...context.connection(), ...documentSettings(options) })
  await using exporter = createExporter({ client })
  using progress = createListProgress(context)
  const table = createStreamedTable(listing.columns, terminal, () => progress.clear())
  const failures = createFailureCounts()
  let found = 0
  let read = 0

  async function print(item: Item): Promise<boolean> {
    if (global.json !== true && options.ids !== true) return await table.add(listing.row(item))
    progress.clear()
    if (global.json === true) return await printJsonLine(terminal, listing.json(item))
    const id = listing.id(item)
    return id === undefined || (await terminal.print(`${id}\n`))
  }

  const items = listing.items(exporter, {
    ...selection,
    signal,
    onRead: (imageSets) => progress.update({ found, read: (read = imageSets) }),
    onFailure(failure) {
      failures.add(failure)
      progress.clear()
      log.error(failure.message)
    },
  })
  for await (const item of items) {
    found += 1
    if (!(await print(item))) return exitCodes.ok
    progress.update({ found, read })
  }
  await table.finish()
  if (found === 0 && !failures.hasAny()) log.info(listing.nothing)
  return failures.exitCode(found)
}
