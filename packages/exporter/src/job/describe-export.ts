import { hash } from 'node:crypto'
import {
  describeFormats,
  type DescribedSelection,
  type ExportDescription,
  type Format,
  type Layout,
} from '@ahi-dicom/export-files'
import { selectorText, selectorVersion, type GivenSelector } from '../selection/selector.ts'
import type { SelectionOptions } from '../selection/selection-options.ts'
import { product } from '../version.ts'
import type { JobOptions } from './job.ts'

/** Longer lists are described by their number and a digest. */
const mostSelectors = 10_000

/** Describes a job for the record of its export. */
export function describeExport(
  options: JobOptions,
  { formats, layout }: { readonly formats: readonly Format[]; readonly layout: Layout },
): ExportDescription {
  const {
    datastoreId,
    destination,
    transferSyntax = 'explicit',
    source = 'frames',
    headerOnly = false,
    dicomdir,
  } = options
  const selection = describeSelected(options)
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
      ...(dicomdir === true && { dicomdir }),
    },
  }
}

function describeSelected({
  selectors,
  filters = [],
  nonPrimary = 'exclude',
}: SelectionOptions): DescribedSelection | undefined {
  const rest = { filters: filters.map(({ name }) => name), nonPrimary }
  if (typeof selectors === 'string') return { selectors: 'all', ...rest }
  return Array.isArray(selectors) ? { selectors: describeList(selectors), ...rest } : undefined
}

function describeList(selectors: readonly GivenSelector[]): DescribedSelection['selectors'] {
  const texts = selectors.map(textOf)
  if (texts.length <= mostSelectors) return texts
  return { count: texts.length, sha256: hash('sha256', JSON.stringify(texts)) }
}

/** An image set of a named version is written as `id@version`. */
function textOf(selector: GivenSelector): string {
  const version = selectorVersion(selector)
  return version === undefined ? selectorText(selector) : `${selectorText(selector)}@${version}`
}
