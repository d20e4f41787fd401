import { randomBytes } from 'node:crypto'
import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import type { FoundInstance } from './find-instance.ts'
import { instanceUrl } from './urls.ts'

/** Bytes of a placeholder. A multiple of 8, so that it fits every binary VR. */
export const placeholderLength = 32

/** Returns random bytes that stand for a value stored outside the document. */
export function createPlaceholder(): Buffer {
  return randomBytes(placeholderLength)
}

/** Returns the name of a binary value stored outside the document, or `undefined` for any other value. */
export function bulkDataName(value: JsonValue): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { BulkDataURI } = value
  return typeof BulkDataURI === 'string' ? /\/bulkdata\/([^/?]+)$/.exec(BulkDataURI)?.[1] : undefined
}

/**
 * Returns a copy of attributes, with each reference to a value outside the document replaced. Includes sequence items.
 */
export function withoutReferences(attributes: AttributeMap, replace: (name: string) => JsonValue): AttributeMap {
  const replaced: AttributeMap = {}
  for (const [key, value] of Object.entries(attributes)) replaced[key] = withoutReference(value, replace)
  return replaced
}

function withoutReference(value: JsonValue, replace: (name: string) => JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value
  const name = bulkDataName(value)
  if (name !== undefined) return replace(name)
  if (!Array.isArray(value)) return withoutReferences(value, replace)
  const items: JsonValue[] = []
  for (const item of value) items.push(withoutReference(item, replace))
  return items
}

/** Returns the URI of a binary value of an instance. */
export function bulkDataUri(name: string, instance: FoundInstance, baseUrl: string): string {
  const { imageSetId } = instance
  return `${instanceUrl(baseUrl, instance)}/bulkdata/${name}${imageSetId === undefined ? '' : `?imageSetId=${imageSetId}`}`
}
