import { NothingSelectedError } from '../errors.ts'
import { errorCode, errorEntry, failureOf, isFatal, isRetryable, type FailedItem } from '../failure/failure.ts'
import type { Loading, UnmetSelector } from './load-metadata.ts'
import type { SelectionOptions } from './selection-options.ts'
import { formatSelector, selectorVersion } from './selector.ts'
import type { ErrorEntry } from '@ahi-dicom/export-files'

/** What came instead of an image set's metadata. */
export type FailedLoading = Exclude<Loading, { readonly kind: 'loaded' | 'done' }>

/** An error, and what it is about. */
export interface ItemFailure {
  readonly error: unknown
  readonly item: FailedItem
}

/** What AHI answers to a search in a data store that does not exist, may not be read, or whose id is malformed. */
const refusals = new Set(['AHI_NOT_FOUND', 'AHI_ACCESS_DENIED', 'AHI_VALIDATION'])

/** Tells whether whatever else is selected would fail in the same way. */
export function isFatalFailure({ error, item }: ItemFailure): boolean {
  return isFatal(error) || (item.imageSetId === undefined && (refusals.has(errorCode(error)) || isMisdirected(error)))
}

/** Whether a request went to an address where AHI is not: the client says of such a request alone that it cannot pass later. */
function isMisdirected(error: unknown): boolean {
  return ['AHI_UNAVAILABLE', 'AHI_RESPONSE'].includes(errorCode(error)) && !isRetryable(error)
}

type SelectionPlace = Pick<SelectionOptions, 'datastoreId' | 'nonPrimary'>

/** The failure of an image set or a selector of a selection. */
export function loadingFailure(selection: SelectionPlace, loading: FailedLoading): ItemFailure {
  const { datastoreId } = selection
  if (loading.kind === 'unmet-selector') return unmetFailure(selection, loading)
  const { error } = loading
  if (loading.kind === 'malformed-selector') return { error, item: { datastoreId } }
  if (loading.kind === 'unreadable') return { error, item: { datastoreId, imageSetId: loading.imageSetId } }
  return { error, item: { datastoreId, ...loading.selector } }
}

/** The failure of a selector that led to no instance. */
function unmetFailure(
  { datastoreId, nonPrimary = 'exclude' }: SelectionPlace,
  { selector, leftOut }: UnmetSelector,
): ItemFailure {
  const versionId = selectorVersion(selector)
  const error = new NothingSelectedError(datastoreId, formatSelector(selector), { leftOut, nonPrimary, versionId })
  const item =
    'imageSetId' in selector ? { datastoreId, imageSetId: selector.imageSetId } : { datastoreId, ...selector }
  return { error, item }
}

/** Hands a failure to whoever wants to go on; throws it where nobody does, and where going on is pointless. */
export function passOn(failure: ItemFailure, onFailure: ((failure: ErrorEntry) => void) | undefined): void {
  if (onFailure === undefined || isFatalFailure(failure)) throw failure.error
  onFailure(errorEntry(failureOf(failure.error), failure.item))
}
