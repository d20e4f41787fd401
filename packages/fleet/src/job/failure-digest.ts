import { hash } from 'node:crypto'
import type { ErrorEntry } from '@ahi-dicom/export-files'

/** Returns a digest that identifies a failure within its image set, by instance or series, code and frame. */
export function failureDigest({ seriesInstanceUid, sopInstanceUid, imageFrameId, code }: ErrorEntry): string {
  const identity = [seriesInstanceUid ?? null, sopInstanceUid ?? null, imageFrameId ?? null, code]
  return hash('sha256', JSON.stringify(identity), 'base64url').slice(0, digestLength)
}

/** 96 bits. An image set has few failures. */
const digestLength = 16

/** Returns true if a text has the form of a digest. */
export function isFailureDigest(text: string): boolean {
  return text.length === digestLength && /^[\w-]+$/.test(text)
}
