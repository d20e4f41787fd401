import { readInstances } from './data-blocks.ts'
import { element, facts } from './elements.ts'
import { instanceTable } from './instance-table.ts'
import { bytesText, compareValues, countText } from './quantities.ts'
import type { FoundSeries } from './search.ts'

/** A sort key of series. */
export type SortKey = 'study' | 'modality' | 'description' | 'instances' | 'bytes' | 'failures'

const valueOf: Readonly<Record<SortKey, (found: FoundSeries) => number | string>> = {
  study: ({ series: { study, series } }) => `${study} ${series}`,
  modality: ({ series: { modality } }) => modality,
  description: ({ series: { description } }) => description,
  instances: ({ series: { instances } }) => -instances,
  bytes: ({ series: { bytes } }) => -bytes,
  failures: ({ series: { failures } }) => -failures,
}

/** Returns series sorted by numbers, largest first, or by texts, alphabetically. Equal series keep their order. */
export function sortSeries(found: readonly FoundSeries[], key: SortKey): readonly FoundSeries[] {
  const value = valueOf[key]
  return found.toSorted((left, right) => compareValues(value(left), value(right)))
}

/** Makes the row of a series. The table of its instances is made when the row is opened. */
export function seriesRow(found: FoundSeries): HTMLElement {
  const { series, instances } = found
  const row = element('details', { class: 'series' }, summaryOf(found))
  let isMade = false
  row.addEventListener('toggle', () => {
    if (isMade || !row.open) return
    isMade = true
    const all = instances ?? readInstances(series)
    row.append(element('div', { class: 'opened' }, ...openedParts(found), instanceTable(all, captionOf(found))))
  })
  return row
}

function summaryOf({ series, instances }: FoundSeries): HTMLElement {
  const { modality, description, failures } = series
  const counts = [countText(series.instances, 'instance'), countText(series.files, 'file'), bytesText(series.bytes)]
  const title = [modality, description].filter((text) => text !== '').join(': ')
  const lines = [
    element('h3', {}, title === '' ? 'Series' : title),
    element('p', { class: 'uid' }, series.series),
    element('p', {}, counts.join(' · ')),
  ]
  if (failures > 0) lines.push(element('p', { class: 'failed' }, `${countText(failures, 'failure')} named below`))
  if (instances !== undefined) lines.push(element('p', {}, `${countText(instances.length, 'instance')} found`))
  return element('summary', {}, thumbnailOf(series.thumbnail), element('div', {}, ...lines))
}

function thumbnailOf(url: string): HTMLElement {
  if (url === '') return element('span', { class: 'thumbnail' }, 'no thumbnail')
  // No alternative text, because the heading next to the picture describes it.
  return element('img', { class: 'thumbnail', src: url, alt: '', loading: 'lazy', decoding: 'async' })
}

function openedParts({ series: { ofStudy, ofSeries, study } }: FoundSeries): readonly HTMLElement[] {
  return [
    element('h4', {}, 'Series'),
    facts(ofSeries),
    element('h4', {}, 'Study'),
    facts([['Study instance UID', study], ...ofStudy]),
    element('h4', {}, 'Files'),
  ]
}

function captionOf({ series: { series } }: FoundSeries): string {
  return `Files of the series ${series}`
}

/** Makes the heading of a study. It is shown before each group of consecutive series of the study. */
export function studyHeading({ series: { study, ofStudy } }: FoundSeries): HTMLElement {
  const known = ofStudy.map(([label, value]) => `${label}: ${value}`).join(' · ')
  const parts = [element('h2', {}, `Study ${study}`)]
  return element('div', { class: 'study' }, ...parts, ...(known === '' ? [] : [element('p', {}, known)]))
}
