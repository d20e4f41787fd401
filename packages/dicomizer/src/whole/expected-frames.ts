import { fullResolutionChecksum, type ImageFrame } from '@ahi-dicom/ahi-metadata'

import type { FrameIdentity } from '../errors.ts'
import type { ChecksumBasis } from '../frames/transfer-syntax.ts'

/** The frames of an instance as the metadata document has them. */
export interface ExpectedFrames {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly sopInstanceUid: string
  readonly frames: readonly ImageFrame[]
  readonly checksumBasis: ChecksumBasis
}

/** CRC-32 of a frame; `undefined` where the document has none. */
export function expectedChecksum({ frames }: ExpectedFrames, frameIndex: number): number | undefined {
  const image = frames[frameIndex]
  return image === undefined ? undefined : fullResolutionChecksum(image)?.Checksum
}

/** Names a frame, also one that the document does not have. */
export function expectedFrameIdentity(expected: ExpectedFrames, frameIndex: number): FrameIdentity {
  const { datastoreId, imageSetId, sopInstanceUid, frames } = expected
  return { datastoreId, imageSetId, sopInstanceUid, imageFrameId: frames[frameIndex]?.ID, frameIndex }
}
