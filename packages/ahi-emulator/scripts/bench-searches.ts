import type { ServerProcess } from './fork-server.ts'
import { printFigures } from './print-figures.ts'

/**
 * Pages of each search that are timed. Without filters, every hundredth page to the end of the store is timed as well.
 */
const timedPages = [0, 1, 10, 100]

interface Page {
  readonly imageSetsMetadataSummaries: readonly {
    readonly createdAt: number
    readonly updatedAt: number
    readonly DICOMTags: Readonly<Record<string, string>>
  }[]
  readonly nextToken?: string
}

/**
 * Times every filter in every sort order, as a client sees it. Prints the median, the 95th percentile and the maximum.
 */
export async function benchSearches({ endpoint, datastoreId }: ServerProcess): Promise<void> {
  const url = `${endpoint}/datastore/${datastoreId}/searchImageSets`
  const milliseconds: number[] = []
  for (const filters of filtersOf(await searchPage(url, {}))) {
    for (const sortField of ['updatedAt', 'createdAt', 'DICOMStudyDateAndTime']) {
      for (const sortOrder of ['ASC', 'DESC']) {
        const deepest = filters === undefined ? Number.POSITIVE_INFINITY : Math.max(...timedPages)
        milliseconds.push(...(await timePages(url, { filters, sort: { sortField, sortOrder } }, deepest)))
      }
    }
  }
  const sorted = milliseconds.toSorted((a, b) => a - b)
  printFigures(`${sorted.length} pages of searches`, {
    'ms at the median': sorted[sorted.length >> 1] ?? Number.NaN,
    'ms at the 95th percentile': sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN,
    'ms at most': sorted.at(-1) ?? Number.NaN,
  })
}

async function timePages(url: string, criteria: object, deepest: number): Promise<number[]> {
  const milliseconds: number[] = []
  let token: string | undefined
  for (let page = 0; page <= deepest; page += 1) {
    const begun = performance.now()
    const { nextToken } = await searchPage(token === undefined ? url : `${url}?nextToken=${token}`, criteria)
    if (timedPages.includes(page) || page % 100 === 0) milliseconds.push(performance.now() - begun)
    if (nextToken === undefined) break
    token = encodeURIComponent(nextToken)
  }
  return milliseconds
}

/** Returns no filter, filters that find one image set, filters that find all or none, and a pair of filters. */
function filtersOf({ imageSetsMetadataSummaries: [first] }: Page): (readonly object[] | undefined)[] {
  if (first === undefined) throw new TypeError('Cannot time searches: there are no image sets')
  const { DICOMTags: tags, createdAt, updatedAt } = first
  const texts = [
    'DICOMPatientId',
    'DICOMAccessionNumber',
    'DICOMStudyId',
    'DICOMStudyInstanceUID',
    'DICOMSeriesInstanceUID',
  ]
  const { DICOMStudyDate, DICOMStudyTime } = tags
  const created = between({ createdAt: createdAt - 3600 }, { createdAt })
  return [
    undefined,
    ...texts.map((name) => [equal({ [name]: tags[name] })]),
    [equal({ isPrimary: true })],
    [equal({ isPrimary: false })],
    [created],
    [between({ updatedAt: updatedAt - 1 }, { updatedAt })],
    [equal({ DICOMStudyDateAndTime: { DICOMStudyDate, DICOMStudyTime } })],
    [equal({ isPrimary: true }), created],
  ]
}

function equal(value: object): object {
  return { operator: 'EQUAL', values: [value] }
}

function between(lower: object, upper: object): object {
  return { operator: 'BETWEEN', values: [lower, upper] }
}

async function searchPage(url: string, criteria: object): Promise<Page> {
  const response = await fetch(url, { method: 'POST', body: JSON.stringify(criteria) })
  if (!response.ok) throw new Error(`Cannot search: ${await response.text()}`)
  return JSON.parse(await response.text())
}
