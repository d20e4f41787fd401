import { formatSelector, readSelector, type GivenSelector, type Selector } from '@ahi-dicom/exporter'
import { isAhiId } from './identifiers.ts'

/** Reads a selector as records have it: an image set of a named version is `id@version`. */
export function readRecorded(text: string): Selector | string {
  const [imageSetId = '', versionId] = text.split('@')
  return versionId !== undefined && isAhiId(imageSetId) ? { imageSetId, versionId } : text
}

/**
 * Writes a selector as records have it.
 * @throws {SelectorError} for a text that is no selector
 */
export function formatRecorded(given: GivenSelector): string {
  const selector = readSelector(given)
  const version = 'imageSetId' in selector ? selector.versionId : undefined
  return version === undefined ? formatSelector(selector) : `${formatSelector(selector)}@${version}`
}
