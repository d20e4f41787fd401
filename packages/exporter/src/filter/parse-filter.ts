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
 * Parses a filter: a comparison such as `KEYWORD=VALUE`, or `not` followed by a comparison or a selector.
 * @throws {FilterError} if the comparison is invalid
 * @throws {SelectorError} if the selector after `not` is malformed
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
 * Returns a filter that leaves out the instances that a comparison or a selector matches.
 * @throws {FilterError} if the comparison is invalid
 * @throws {SelectorError} if the selector is malformed
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

/** Returns the opposite of a filter. AHI's search cannot exclude anything. */
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

/**
 * Returns true if the selector matches nothing in the image set, false if it matches everything, undefined if unknown.
 */
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
