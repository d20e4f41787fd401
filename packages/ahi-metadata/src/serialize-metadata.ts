import { stringifyJson } from './exact-json.ts'
import type { ImageSetMetadata } from './image-set-metadata.ts'

/**
 * Writes a metadata document as JSON text. A bigint becomes an integer literal.
 *
 * @example
 * import { writeFile } from 'node:fs/promises'
 * import { serializeImageSetMetadata } from '@ahi-dicom/ahi-metadata'
 *
 * await writeFile('metadata.json', serializeImageSetMetadata(metadata))
 */
export function serializeImageSetMetadata(metadata: ImageSetMetadata): string {
  return stringifyJson(metadata)
}
