import type { SelectionOptions as JobSelection, Selector } from '@ahi-dicom/exporter'
import type { CommandContext } from '../command-context.ts'
import { NothingSelectedError, UsageError } from '../errors.ts'
import { readSelectors } from './selectors.ts'

/** Options of the commands that take selectors. */
export interface SelectionOptions {
  readonly all?: true
  readonly includeNonPrimary?: true
  readonly versionId?: string
}

/** What the command line selects, as jobs of `exporter` take it. */
export type Selection = JobSelection

/** Checks whether selectors and options go together. Reads nothing. */
export function checkSelection(selectors: readonly string[], { all, versionId }: SelectionOptions): void {
  if (all === true && selectors.length > 0) {
    throw new UsageError('Cannot use --all together with selectors: leave one of them out')
  }
  if (all !== true && selectors.length === 0) {
    throw new UsageError('Cannot tell what to export: name image sets, studies or series, or give --all')
  }
  if (all === true && versionId !== undefined) {
    throw new UsageError('Cannot use --version-id with --all: it needs exactly one image set id as selector')
  }
}

/** Returns what the command line and standard input select. */
export async function readSelection(
  texts: readonly string[],
  options: SelectionOptions,
  { datastoreId, terminal, signal }: CommandContext,
): Promise<Selection> {
  const selection = {
    datastoreId: datastoreId(),
    nonPrimary: options.includeNonPrimary === true ? 'include' : 'exclude',
  } as const
  if (options.all === true) return { ...selection, selectors: 'all' }
  return { ...selection, selectors: withVersion(await readSelectors(texts, terminal.stdin, signal), options) }
}

function withVersion(selectors: readonly Selector[], { versionId }: SelectionOptions): readonly Selector[] {
  const [selector] = selectors
  if (selector === undefined) throw new NothingSelectedError('Cannot export: standard input holds no selector')
  if (versionId === undefined) return selectors
  if (selectors.length === 1 && 'imageSetId' in selector) return [{ ...selector, versionId }]
  throw new UsageError('Cannot use --version-id: it needs exactly one image set id as selector')
}
