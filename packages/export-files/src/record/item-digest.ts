import { hash } from 'node:crypto'
import type { InstanceKey } from './entries.ts'

/**
 * Identifiers of an instance or a series. They include the series, because an image set may have a SOP instance in two
 * series.
 */
export type ItemIds = Pick<InstanceKey, 'datastoreId' | 'imageSetId' | 'seriesInstanceUid'> & {
  /** Absent for a series. */
  readonly sopInstanceUid?: string | undefined
}

/**
 * Returns a digest of an instance or a series, for use as a key. It takes a fifth of the memory of the identifiers; a
 * data store may have millions of instances.
 */
export function itemDigest({ datastoreId, imageSetId, seriesInstanceUid, sopInstanceUid = '' }: ItemIds): string {
  return shortDigest(`${datastoreId}/${imageSetId}/${seriesInstanceUid}/${sopInstanceUid}`)
}

/**
 * Returns the SHA-256 of the SOPInstanceUIDs, sorted by code units, with a line feed after each.
 * @example
 * import { instancesDigest } from '@ahi-dicom/export-files'
 *
 * console.log(instancesDigest(['1.2', '1.1']) === instancesDigest(['1.1', '1.2'])) // true
 */
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

/** Returns the first 132 bits of the SHA-256 of a text in Base64. Collisions are practically impossible. */
export function shortDigest(text: string): string {
  return hash('sha256', text, 'base64').slice(0, 22)
}
