import { createHash } from 'node:crypto'

/** Digits of an index in base 36; the rest of an id's 32 is a digest. */
const indexLength = 8
const digestLength = 24

/** The id of a frame of a synthetic image set, which is not stored: its end is the index, its beginning vouches for it. */
export function syntheticFrameId(imageSetId: string, index: number): string {
  const digest = createHash('sha256').update(`${imageSetId} ${index}`).digest('hex')
  const beginning = BigInt(`0x${digest}`).toString(36).padStart(digestLength, '0').slice(-digestLength)
  return beginning + index.toString(36).padStart(indexLength, '0')
}

/** The index of a frame; `undefined` for an id that {@link syntheticFrameId} does not give for the image set. */
export function syntheticFrameIndex(imageSetId: string, imageFrameId: string): number | undefined {
  const index = Number.parseInt(imageFrameId.slice(digestLength), 36)
  return syntheticFrameId(imageSetId, index) === imageFrameId ? index : undefined
}
