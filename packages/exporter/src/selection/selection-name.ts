import { hash } from 'node:crypto'
import type { SelectionOptions } from './selection-options.ts'
import { selectorText, selectorVersion, type GivenSelector } from './selector.ts'

/**
 * Returns a text that is the same for the same selection, or undefined for selectors that come one by one. A selection that
 * has others in it has the text that theirs begin with, up to a slash. Earlier versions are in no other selection. An image
 * set that is named counts as a primary one.
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
