import { hash } from 'node:crypto'
import type { SelectionOptions } from './selection-options.ts'
import { selectorText, selectorVersion, type GivenSelector } from './selector.ts'

/**
 * Returns a text that identifies a selection, or undefined if the selectors are not an array. If selection A includes
 * selection B, the name of B starts with the name of A and a slash. Selections of earlier versions are in no other
 * selection. An image set named by its id counts as primary.
 */
export function selectionName(options: SelectionOptions): string | undefined {
  const { datastoreId, selectors, filters = [], nonPrimary = 'exclude' } = options
  const everything = `${datastoreId}${nonPrimaryNames[nonPrimary]}`
  const filtered = filters.length === 0 ? '' : `/${digestOf(filters.map(({ name }) => name))}`
  if (selectors === 'all') return `${everything}${filtered}`
  if (!Array.isArray(selectors)) return undefined
  const list: readonly GivenSelector[] = selectors
  const digest = digestOf(list.map((selector) => `${selectorText(selector)} ${selectorVersion(selector) ?? ''}`))
  const place = list.some((selector) => selectorVersion(selector) !== undefined)
    ? `versions/${datastoreId}`
    : everything
  return `${place}/${digest}${filtered}`
}

const nonPrimaryNames = { exclude: '/primary', include: '', only: '/non-primary' } as const

function digestOf(texts: readonly string[]): string {
  return hash('sha256', JSON.stringify(texts.toSorted())).slice(0, 16)
}
