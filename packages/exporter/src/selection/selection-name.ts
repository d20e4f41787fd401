import { hash } from 'node:crypto'
import type { SelectionOptions } from './select-image-sets.ts'
import { formatSelector, type Selector } from './selector.ts'

/**
 * Returns a text that is the same for the same selection, or undefined for selectors that come one by one. A selection that
 * has others in it has the text that theirs begin with, up to a slash. Earlier versions are in no other selection. An image
 * set that is named counts as a primary one.
 */
export function selectionName(options: SelectionOptions): string | undefined {
  const { datastoreId, selectors, includeNonPrimary } = options
  const everything = includeNonPrimary === true ? datastoreId : `${datastoreId}/primary`
  if (selectors === 'all') return everything
  if (!Array.isArray(selectors)) return undefined
  const list: readonly Selector[] = selectors
  const texts = list.map((selector) => `${formatSelector(selector)} ${versionOf(selector)}`).toSorted()
  const digest = hash('sha256', JSON.stringify(texts)).slice(0, 16)
  return list.some((selector) => versionOf(selector) !== '')
    ? `versions/${datastoreId}/${digest}`
    : `${everything}/${digest}`
}

function versionOf(selector: Selector): string {
  return 'imageSetId' in selector ? (selector.versionId ?? '') : ''
}
