import { hash } from 'node:crypto'
import type { InstanceKey } from './entries.ts'

/** What tells instances apart. An image set may have a SOP instance in two series. */
export type InstanceIds = Pick<InstanceKey, 'datastoreId' | 'imageSetId' | 'seriesInstanceUid' | 'sopInstanceUid'>

/**
 * Returns a short text that stands for an instance in maps. A data store may have millions of instances: the digest takes
 * a fifth of the memory of their identifiers.
 */
export function instanceDigest({ datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid }: InstanceIds): string {
  return shortDigest(`${datastoreId}/${imageSetId}/${seriesInstanceUid}/${sopInstanceUid}`)
}

/** Returns 132 bits of the SHA-256 of a text, which no two of them share. */
export function shortDigest(text: string): string {
  return hash('sha256', text, 'base64').slice(0, 22)
}
