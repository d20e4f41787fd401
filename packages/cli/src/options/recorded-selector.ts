import { formatSelector, readSelector, type GivenSelector, type Selector } from '@ahi-dicom/exporter'
import { isAhiId } from './identifiers.ts'

/** Reads a selector of `export.json`. An image set with a version is `id@version` there. */
export function readRecorded(text: string): Selector | string {
  const [imageSetId = '', versionId] = text.split('@')
  return versionId !== undefined && isAhiId(imageSetId) ? { imageSetId, versionId } : text
}

/**
 * Returns a selector in the form of `export.json`.
 * @throws {SelectorError} for a malformed selector
 */
export function formatRecorded(given: GivenSelector): string {
  const selector = readSelector(given)
  const version = 'imageSetId' in selector ? selector.versionId : undefined
  return version === undefined ? formatSelector(selector) : `${formatSelector(selector)}@${version}`
}
