import { createHash } from 'node:crypto'

/** Digits of an index in base 36. The rest of an id's 32 characters is a digest. */
const indexLength = 8
const digestLength = 24

/**
 * Returns the id of a frame of a synthetic image set. It consists of a digest and the index, so it need not be stored.
 */
export function syntheticFrameId(imageSetId: string, index: number): string {
  const digest = createHash('sha256').update(`${imageSetId} ${index}`).digest('hex')
  const beginning = BigInt(`0x${digest}`).toString(36).padStart(digestLength, '0').slice(-digestLength)
  return beginning + index.toString(36).padStart(indexLength, '0')
}

/**
 * Returns the index of a frame, or `undefined` if the id is not one of the image set (see {@link syntheticFrameId}).
 */
export function syntheticFrameIndex(imageSetId: string, imageFrameId: string): number | undefined {
  const index = Number.parseInt(imageFrameId.slice(digestLength), 36)
  return syntheticFrameId(imageSetId, index) === imageFrameId ? index : undefined
}
