import type { ImageSetSummary } from '@ahi-dicom/ahi-client'
import type { ImageSetInstance } from '@ahi-dicom/ahi-metadata'
import { attributeText } from '../selection/attribute-text.ts'
import type { InstanceFilter } from '../selection/instance-filter.ts'
import {
  formatSelector,
  namesInstance,
  parseSelector,
  type Selector,
  type StudySelector,
} from '../selection/selector.ts'
import { isComparison, parseAttributeFilter } from './attribute-filter.ts'

const prefix = 'not '

/**
 * Reads a filter by its name: `KEYWORD=VALUE` and the other comparisons, and `not` before a comparison or a selector.
 * @throws {FilterError} for a comparison that cannot be
 * @throws {SelectorError} for a malformed selector after `not`
 * @example
 * import { parseFilter } from '@ahi-dicom/exporter'
 *
 * const filters = [parseFilter('Modality=CT'), parseFilter('SliceThickness<=1.5')]
 * for await (const { imageSetId } of exporter.listImageSets({ datastoreId, selectors: 'all', filters })) {
 *   console.log(imageSetId)
 * }
 */
export function parseFilter(text: string): InstanceFilter {
  return text.startsWith(prefix) ? excludeFilter(text.slice(prefix.length)) : parseAttributeFilter(text)
}

/**
 * Returns the filter that leaves out what a comparison or a selector names.
 * @throws {FilterError} for a comparison that cannot be
 * @throws {SelectorError} for a malformed selector
 * @example
 * import { excludeFilter } from '@ahi-dicom/exporter'
 *
 * const filters = [excludeFilter('ImageType=LOCALIZER')]
 * for await (const { imageSetId } of exporter.listImageSets({ datastoreId, selectors: 'all', filters })) {
 *   console.log(imageSetId)
 * }
 */
export function excludeFilter(text: string): InstanceFilter {
  return isComparison(text) ? negated(parseAttributeFilter(text)) : notSelected(parseSelector(text))
}

/** No search can leave something out. */
function negated(filter: InstanceFilter): InstanceFilter {
  const byDocument = { name: `${prefix}${filter.name}`, matches: (entry: ImageSetInstance) => !filter.matches(entry) }
  if (filter.matchesSummary === undefined) return byDocument
  return {
    ...byDocument,
    matchesSummary(summary) {
      const isMatch = filter.matchesSummary?.(summary)
      return isMatch === undefined ? undefined : !isMatch
    },
  }
}

function notSelected(selector: Selector): InstanceFilter {
  return {
    name: `${prefix}${formatSelector(selector)}`,
    matchesSummary: (summary) => isOutside(selector, summary),
    matches: (entry) => 'imageSetId' in selector || !isNamed(selector, entry),
  }
}

/** Returns true if the image set has nothing of what the selector names, false if it has nothing else. */
function isOutside(selector: Selector, summary: ImageSetSummary): boolean | undefined {
  if ('imageSetId' in selector) return summary.imageSetId !== selector.imageSetId
  const { studyInstanceUid, seriesInstanceUid, sopInstanceUid } = selector
  if (summary.studyInstanceUid === undefined) return undefined
  if (summary.studyInstanceUid !== studyInstanceUid) return true
  if (seriesInstanceUid === undefined) return false
  if (summary.seriesInstanceUid === undefined) return undefined
  if (summary.seriesInstanceUid !== seriesInstanceUid) return true
  return sopInstanceUid === undefined ? false : undefined
}

function isNamed(selector: StudySelector, { study, seriesInstanceUid, sopInstanceUid }: ImageSetInstance): boolean {
  const studyInstanceUid = attributeText(study, 'StudyInstanceUID')
  return namesInstance(selector, { studyInstanceUid, seriesInstanceUid, sopInstanceUid })
}
