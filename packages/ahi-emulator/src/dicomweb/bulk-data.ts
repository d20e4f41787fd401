import { randomBytes } from 'node:crypto'
import type { AttributeMap, JsonValue } from '@ahi-dicom/ahi-metadata'
import type { FoundInstance } from './find-instance.ts'
import { instanceUrl } from './urls.ts'

/** As long as fits every VR of binary values: they have units of up to 8 bytes. */
export const placeholderLength = 32

/** Bytes that nothing else looks like, to stand for a value that is elsewhere. */
export function createPlaceholder(): Buffer {
  return randomBytes(placeholderLength)
}

/** The name of a binary value that the document has elsewhere; `undefined` for any other value. */
export function bulkDataName(value: JsonValue): string | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const { BulkDataURI } = value
  return typeof BulkDataURI === 'string' ? /\/bulkdata\/([^/?]+)$/.exec(BulkDataURI)?.[1] : undefined
}

/** A copy of attributes with something in place of what the document has elsewhere, in items too. */
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

/** The URI of a binary value of an instance. */
export function bulkDataUri(name: string, instance: FoundInstance, baseUrl: string): string {
  const { imageSetId } = instance
  return `${instanceUrl(baseUrl, instance)}/bulkdata/${name}${imageSetId === undefined ? '' : `?imageSetId=${imageSetId}`}`
}
