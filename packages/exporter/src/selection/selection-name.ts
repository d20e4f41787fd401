import { hash } from 'node:crypto'
import type { SelectionOptions } from './select-image-sets.ts'
import { formatSelector, type Selector } from './selector.ts'

/** Returns a text that is the same for the same selection, or undefined for selectors that come one by one. */
export function selectionName({ selectors, includeNonPrimary }: SelectionOptions): string | undefined {
  if (selectors === 'all') return 'all'
  if (!Array.isArray(selectors)) return undefined
  const list: readonly Selector[] = selectors
  const texts = list.map((selector) => `${formatSelector(selector)} ${versionOf(selector)}`).toSorted()
  return hash('sha256', JSON.stringify([...texts, includeNonPrimary === true])).slice(0, 16)
}

function versionOf(selector: Selector): string {
  return 'imageSetId' in selector ? (selector.versionId ?? '') : ''
}
