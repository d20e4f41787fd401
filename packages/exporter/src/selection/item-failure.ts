import { NothingSelectedError } from '../errors.ts'
import { errorCode, errorEntry, failureOf, isFatal, isRetryable, type FailedItem } from '../failure/failure.ts'
import type { Loading, UnmetSelector } from './load-metadata.ts'
import type { SelectionOptions } from './selection-options.ts'
import { formatSelector, selectorVersion } from './selector.ts'
import type { ErrorEntry } from '@ahi-dicom/export-files'

/** A selector or image set that could not be loaded. */
export type FailedLoading = Exclude<Loading, { readonly kind: 'loaded' | 'done' }>

/** An error and the item that it concerns. */
export interface ItemFailure {
  readonly error: unknown
  readonly item: FailedItem
}

/** AHI's errors for a search in a data store that does not exist, may not be read, or has a malformed id. */
const refusals = new Set(['AHI_NOT_FOUND', 'AHI_ACCESS_DENIED', 'AHI_VALIDATION'])

/** Returns true if everything else in the selection would fail in the same way. */
export function isFatalFailure({ error, item }: ItemFailure): boolean {
  return isFatal(error) || (item.imageSetId === undefined && (refusals.has(errorCode(error)) || isMisdirected(error)))
}

/**
 * Returns true if a request reached an address that is not AHI. Only then does the client mark these errors as not
 * retryable.
 */
function isMisdirected(error: unknown): boolean {
  return ['AHI_UNAVAILABLE', 'AHI_RESPONSE'].includes(errorCode(error)) && !isRetryable(error)
}

type SelectionPlace = Pick<SelectionOptions, 'datastoreId' | 'nonPrimary'>

/** Returns the failure of an image set or a selector. */
export function loadingFailure(selection: SelectionPlace, loading: FailedLoading): ItemFailure {
  const { datastoreId } = selection
  if (loading.kind === 'unmet-selector') return unmetFailure(selection, loading)
  const { error } = loading
  if (loading.kind === 'malformed-selector') return { error, item: { datastoreId } }
  if (loading.kind === 'unreadable') return { error, item: { datastoreId, imageSetId: loading.imageSetId } }
  return { error, item: { datastoreId, ...loading.selector } }
}

/** Returns the failure of a selector that matched no instance. */
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

/** Passes a failure to `onFailure`. Throws it instead if there is no callback or the failure is fatal. */
export function passOn(failure: ItemFailure, onFailure: ((failure: ErrorEntry) => void) | undefined): void {
  if (onFailure === undefined || isFatalFailure(failure)) throw failure.error
  onFailure(errorEntry(failureOf(failure.error), failure.item))
}
