import { hash } from 'node:crypto'
import {
  describeFormats,
  isSeriesFormat,
  type DescribedList,
  type DescribedSelection,
  type ExportDescription,
  type AnyFormat,
  type Layout,
  type SeriesLayout,
} from '@ahi-dicom/export-files'
import { selectionName } from '../selection/selection-name.ts'
import { selectorText, selectorVersion, type GivenSelector, type Selectors } from '../selection/selector.ts'
import type { SelectionOptions } from '../selection/selection-options.ts'
import { product } from '../version.ts'
import type { JobOptions, JobSelection } from './job.ts'

/** Longer lists of selectors are described by their length and a digest. */
const mostSelectors = 10_000

/** The settings that decide which files a job makes, and where. */
export interface DescribedFormats {
  readonly formats: readonly AnyFormat[]
  readonly layout: Layout
  readonly seriesLayout: SeriesLayout
}

/** Returns the description of a job for the record. */
export function describeExport(
  options: JobOptions,
  { formats, layout, seriesLayout }: DescribedFormats,
): ExportDescription {
  const {
    datastoreId,
    destination,
    transferSyntax = 'explicit',
    source = 'frames',
    headerOnly = false,
    dicomdir,
  } = options
  const selection = options.selection.described
  return {
    product,
    datastoreId,
    ...(destination.recordedAs !== undefined && { destination: destination.recordedAs }),
    ...(selection && { selection }),
    files: {
      formats: describeFormats(formats),
      transferSyntax,
      source,
      headerOnly,
      layout: layout.template,
      ...(formats.some(isSeriesFormat) && { seriesLayout: seriesLayout.template }),
      ...(dicomdir === true && { dicomdir }),
    },
  }
}

/** Returns the description of a selection. A list that is too long for the record may be passed as its description. */
export function describeJobSelection(
  options: Omit<SelectionOptions, 'selectors'> & { readonly selectors: Selectors | 'all' | DescribedList },
): JobSelection {
  const { selectors, filters = [], nonPrimary = 'exclude' } = options
  const rest = { filters: filters.map(({ name }) => name), nonPrimary }
  if (isDescribed(selectors)) return { described: { selectors, ...rest }, name: undefined }
  const name = selectionName({ ...options, selectors })
  if (typeof selectors === 'string') return { described: { selectors: 'all', ...rest }, name }
  const list = Array.isArray(selectors) ? describeList(selectors) : undefined
  return { described: list && { selectors: list, ...rest }, name }
}

function isDescribed(selectors: Selectors | 'all' | DescribedList): selectors is DescribedList {
  return typeof selectors === 'object' && 'sha256' in selectors
}

function describeList(selectors: readonly GivenSelector[]): DescribedSelection['selectors'] {
  const texts = selectors.map(textOf)
  if (texts.length <= mostSelectors) return texts
  return { count: texts.length, sha256: hash('sha256', JSON.stringify(texts)) }
}

/** Returns a selector as text. An image set with a version is written as `id@version`. */
function textOf(selector: GivenSelector): string {
  const version = selectorVersion(selector)
  return version === undefined ? selectorText(selector) : `${selectorText(selector)}@${version}`
}
