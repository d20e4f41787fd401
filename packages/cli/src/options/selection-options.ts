import type { SelectionOptions as JobSelection } from '@ahi-dicom/exporter'
import { readSelector } from '@ahi-dicom/exporter'
import { NothingSelectedError, UsageError } from '../errors.ts'
import { filtersOf, type FilterOptions } from './filters.ts'
import { readExclusions } from './exclusions.ts'
import { isList } from './lists.ts'
import { readSelectors, type ListedSelector } from './selectors.ts'

/** Options of the commands that take selectors. */
export interface SelectionOptions extends FilterOptions {
  readonly all?: true
  readonly nonPrimary?: 'include' | 'only'
  readonly includeNonPrimary?: true
  readonly versionId?: string
}

/** The selection of the command line, as options of a job. */
export type Selection = JobSelection

/** The part of a command's context that reading selectors needs. */
export interface SelectionSource {
  readonly datastoreId: () => string
  readonly terminal: { readonly stdin: NodeJS.ReadableStream }
  readonly signal: AbortSignal
}

/** Checks that selectors and options can be combined and select something. Reads no lists. */
export function checkSelection(texts: readonly string[], options: SelectionOptions): void {
  const { exclude = [] } = options
  const lists = exclude.filter(isList)
  const filters = filtersOf({ ...options, exclude: exclude.filter((text) => !isList(text)) })
  const isFiltered = filters.length + lists.length > 0
  if (options.all !== true && texts.length === 0 && !isFiltered && options.nonPrimary !== 'only') {
    throw new UsageError(
      'Cannot continue without a selection: name image sets, studies or series, give a filter such as --modality, or give --all',
    )
  }
  checkSelectors(texts, options)
}

function checkSelectors(texts: readonly string[], { all, versionId }: SelectionOptions): void {
  if (all === true && texts.length > 0) {
    throw new UsageError('Cannot use --all together with selectors: leave one of them out')
  }
  if (texts.length === 0 && versionId !== undefined) throw versionOfSeveral()
}

/**
 * Checks that at most one list is read from standard input.
 * @throws {UsageError} if two lists name it
 */
export function checkInput(texts: readonly string[], exclude: readonly string[]): void {
  const places = [texts.includes('-'), ...exclude.map((text) => text === '-')].filter(Boolean)
  if (places.length <= 1) return
  throw new UsageError('Cannot read two lists from standard input: give one of them as @FILE')
}

function versionOfSeveral(): UsageError {
  return new UsageError('Cannot use --version: it needs exactly one image set id as selector')
}

/** Returns the selection of the command line and its lists. Without selectors it is the whole data store. */
export async function readSelection(
  texts: readonly string[],
  options: SelectionOptions,
  { datastoreId, terminal, signal }: SelectionSource,
): Promise<Selection> {
  checkSelectors(texts, options)
  const source = { stdin: terminal.stdin, signal }
  const { exclude = [] } = options
  checkInput(texts, exclude)
  const filters = filtersOf({ ...options, exclude: await readExclusions(exclude, source) })
  const selection = { datastoreId: datastoreId(), filters, nonPrimary: nonPrimaryOf(options) }
  if (texts.length === 0) return { ...selection, selectors: 'all' }
  const selectors = await readSelectors(texts, source)
  if ('length' in selectors && selectors.length === 0) {
    const lists = texts.every((text) => text === '-') ? 'standard input holds' : 'the lists hold'
    throw new NothingSelectedError(`Cannot select anything: ${lists} no selector; name at least one`)
  }
  return { ...selection, selectors: withVersion(selectors, options) }
}

function nonPrimaryOf({ nonPrimary, includeNonPrimary }: SelectionOptions): NonNullable<JobSelection['nonPrimary']> {
  return nonPrimary ?? (includeNonPrimary === true ? 'include' : 'exclude')
}

function withVersion(
  selectors: readonly ListedSelector[] | AsyncIterable<ListedSelector>,
  { versionId }: SelectionOptions,
): Selection['selectors'] {
  if (versionId === undefined) return selectors
  const [first, ...others] = 'length' in selectors ? selectors : []
  const selector = first === undefined || others.length > 0 ? undefined : readSelector(first)
  if (selector !== undefined && 'imageSetId' in selector) return [{ ...selector, versionId }]
  throw versionOfSeveral()
}
