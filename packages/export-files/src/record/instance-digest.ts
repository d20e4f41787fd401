import { hash } from 'node:crypto'
import type { InstanceKey } from './entries.ts'

/**
 * Returns a short text that stands for an instance in maps. A data store may have millions of instances: the digest takes
 * a fifth of the memory of their identifiers.
 */
export function instanceDigest({
  datastoreId,
  imageSetId,
  sopInstanceUid,
}: Pick<InstanceKey, 'datastoreId' | 'imageSetId' | 'sopInstanceUid'>): string {
  return shortDigest(`${datastoreId}/${imageSetId}/${sopInstanceUid}`)
}

/** Returns 132 bits of the SHA-256 of a text, which no two of them share. */
export function shortDigest(text: string): string {
  return hash('sha256', text, 'base64').slice(0, 22)
}
