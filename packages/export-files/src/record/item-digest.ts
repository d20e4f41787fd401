import { hash } from 'node:crypto'
import type { InstanceKey } from './entries.ts'

/** Identifiers of an instance or a series. An image set may have a SOP instance in two series. */
export type ItemIds = Pick<InstanceKey, 'datastoreId' | 'imageSetId' | 'seriesInstanceUid'> & {
  /** Absent: the ids of a series. */
  readonly sopInstanceUid?: string | undefined
}

/**
 * Returns a short text that stands for an instance or a series in maps. A data store may have millions of instances: the
 * digest takes a fifth of the memory of their identifiers.
 */
export function itemDigest({ datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid = '' }: ItemIds): string {
  return shortDigest(`${datastoreId}/${imageSetId}/${seriesInstanceUid}/${sopInstanceUid}`)
}

/** Returns the SHA-256 of SOPInstanceUIDs, sorted by code units and each followed by a line feed. */
export function instancesDigest(sopInstanceUids: readonly string[]): string {
  return hash(
    'sha256',
    sopInstanceUids
      .toSorted()
      .map((uid) => `${uid}\n`)
      .join(''),
    'hex',
  )
}

/** Returns 132 bits of the SHA-256 of a text, which no two of them share. */
export function shortDigest(text: string): string {
  return hash('sha256', text, 'base64').slice(0, 22)
}
