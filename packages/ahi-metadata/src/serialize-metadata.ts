import { stringifyJson } from './exact-json.ts'
import type { ImageSetMetadata } from './image-set-metadata.ts'

/** Writes a metadata document as JSON text. A bigint becomes an integer literal. */
export function serializeImageSetMetadata(metadata: ImageSetMetadata): string {
  return stringifyJson(metadata)
}
