import { crc32 } from '@ahi-dicom/runtime'
import type { FrameChecksum, ImageFrame } from './image-set-metadata.ts'

/**
 * Computes AHI's checksum of a frame: CRC-32 of zlib and PNG, unsigned. The bytes are the decoded samples (little
 * endian, colour by pixel, as wide as the precision needs), or the encoded frame where AHI keeps it as imported.
 */
export function frameChecksum(data: Uint8Array): number {
  return crc32(data)
}

/** Gives the checksum of the full resolution: the widest of those listed, `undefined` where none is. */
export function fullResolutionChecksum(frame: ImageFrame): FrameChecksum | undefined {
  return frame.PixelDataChecksumFromBaseToFullResolution?.reduce<FrameChecksum | undefined>(
    (widest, checksum) => (widest === undefined || checksum.Width >= widest.Width ? checksum : widest),
    undefined,
  )
}
