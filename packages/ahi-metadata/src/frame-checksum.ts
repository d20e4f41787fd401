import { crc32 } from '@ahi-dicom/runtime'
import type { FrameChecksum, ImageFrame } from './image-set-metadata.ts'

/**
 * Returns AHI's checksum of a frame: CRC-32 as in zlib and PNG, unsigned. Pass the decoded samples: little endian,
 * colour by pixel, one or two bytes each by their precision. If AHI keeps the frame as imported, pass the encoded
 * frame.
 */
export function frameChecksum(data: Uint8Array): number {
  return crc32(data)
}

/**
 * Returns the checksum of the full resolution, which is the widest one listed. `undefined` if the frame has no
 * checksums.
 */
export function fullResolutionChecksum(frame: ImageFrame): FrameChecksum | undefined {
  return frame.PixelDataChecksumFromBaseToFullResolution?.reduce<FrameChecksum | undefined>(
    (widest, checksum) => (widest === undefined || checksum.Width >= widest.Width ? checksum : widest),
    undefined,
  )
}
