import type { EntryData } from '../src/page/page-data.ts'
import { readEntries } from './data-blocks.ts'
import { element, facts, part } from './elements.ts'
import { showRows } from './paged-rows.ts'
import { countText } from './quantities.ts'

/** Shows failures or warnings, if there are any. */
export function showEntries(kind: 'failure' | 'warning'): void {
  const items = readEntries(`${kind}-data`)
  if (items.length === 0) return
  const list = element('ul', { class: 'entries' })
  const after = element('div', { class: 'after' })
  showRows({ items, noun: kind, list, after, row: entryRow })
  const name = kind === 'failure' ? 'Failures' : 'Warnings'
  const count = countText(items.length, kind)
  part(`${kind}s`).append(element('h2', {}, `${name}: ${count}`), list, after)
  // Failures and warnings come after the studies, so a link at the top points to them.
  part('entries').append(element('a', { href: `#${kind}s` }, count))
}

function entryRow([code, message, about]: EntryData): HTMLElement {
  return element('li', {}, element('strong', {}, code), ' ', message, facts(about))
}
