import { fullResolutionChecksum, type ImageFrame } from '@ahi-dicom/ahi-metadata'

import type { FrameIdentity } from '../errors.ts'
import type { ChecksumBasis } from '../frames/transfer-syntax.ts'

/** The frames of an instance, as the metadata document lists them. */
export interface ExpectedFrames {
  readonly datastoreId: string
  readonly imageSetId: string
  readonly sopInstanceUid: string
  readonly frames: readonly ImageFrame[]
  readonly checksumBasis: ChecksumBasis
}

/** Returns the CRC-32 of a frame, or `undefined` if the document has none. */
export function expectedChecksum({ frames }: ExpectedFrames, frameIndex: number): number | undefined {
  const image = frames[frameIndex]
  return image === undefined ? undefined : fullResolutionChecksum(image)?.Checksum
}

/** Returns the identifiers of a frame. The frame may be one that the document lacks. */
export function expectedFrameIdentity(expected: ExpectedFrames, frameIndex: number): FrameIdentity {
  const { datastoreId, imageSetId, sopInstanceUid, frames } = expected
  return { datastoreId, imageSetId, sopInstanceUid, imageFrameId: frames[frameIndex]?.ID, frameIndex }
}
