import { readExportData, readSeries, type Series } from './data-blocks.ts'
import { element, facts, part } from './elements.ts'
import { showEntries } from './entry-list.ts'
import { showRows } from './paged-rows.ts'
import { countText } from './quantities.ts'
import { findSeries, type FoundSeries } from './search.ts'
import { seriesRow, sortSeries, studyHeading, type SortKey } from './series-list.ts'

/** Milliseconds to wait for more letters before a search. */
const typingMs = 150

const searchBox = document.querySelector<HTMLInputElement>('#search')
const sortBox = document.querySelector<HTMLSelectElement>('#sort')

function show(all: readonly Series[]): void {
  const found = sortSeries(findSeries(all, searchBox?.value ?? ''), sortKey())
  const instances = found.reduce((sum, one) => sum + (one.instances?.length ?? one.series.instances), 0)
  part('status').textContent = `${countText(found.length, 'series')}, ${countText(instances, 'instance')}`
  let before: FoundSeries | undefined
  showRows({
    items: found,
    noun: 'series',
    list: part('list'),
    after: part('after-list'),
    row(one) {
      const isNew = one.series.study !== before?.series.study
      before = one
      return element('div', {}, ...(isNew ? [studyHeading(one)] : []), seriesRow(one))
    },
  })
}

function sortKey(): SortKey {
  const value = sortBox?.value
  const keys: readonly SortKey[] = ['study', 'modality', 'description', 'instances', 'bytes', 'failures']
  return keys.find((key) => key === value) ?? 'study'
}

function start(): void {
  const all = readSeries()
  const { facts: known, notes } = readExportData()
  part('facts').append(facts(known))
  part('notes').append(...notes.map((note) => element('p', {}, note)))
  show(all)
  showEntries('failure')
  showEntries('warning')
  let timer: number | undefined
  searchBox?.addEventListener('input', () => {
    clearTimeout(timer)
    timer = setTimeout(() => show(all), typingMs)
  })
  sortBox?.addEventListener('change', () => show(all))
  document.addEventListener('keydown', (event) => {
    const isTyping = event.target instanceof HTMLInputElement || event.target instanceof HTMLSelectElement
    if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    searchBox?.focus()
  })
  // Milliseconds from the navigation until the page is usable. Tests read them.
  document.documentElement.dataset['usableAfterMs'] = String(Math.round(performance.now()))
}

start()
