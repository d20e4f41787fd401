import { crc32 } from '@ahi-dicom/runtime'
import type { FrameChecksum, ImageFrame } from './image-set-metadata.ts'

/**
 * Returns AHI's checksum of a frame: CRC-32 as in zlib and PNG, unsigned. Pass the decoded samples: little endian,
 * colour by pixel, one or two bytes each by their precision. If AHI keeps the frame as imported, pass the encoded
 * frame.
 *
 * @example
 * import { frameChecksum, fullResolutionChecksum, imageSetInstances } from '@ahi-dicom/ahi-metadata'
 * import { decodeFrame } from '@ahi-dicom/htj2k-decoder'
 *
 * const { pixels } = await decodeFrame(codeStream)
 * const [first] = imageSetInstances(metadata)
 * const listed = first?.instance.ImageFrames[0]
 * console.log(listed && fullResolutionChecksum(listed)?.Checksum === frameChecksum(pixels)) // true
 */
export function frameChecksum(data: Uint8Array): number {
  return crc32(data)
}

/**
 * Returns the checksum of the full resolution, which is the widest one listed. `undefined` if the frame has no
 * checksums.
 *
 * @example
 * import { fullResolutionChecksum, imageSetInstances } from '@ahi-dicom/ahi-metadata'
 *
 * for (const { instance } of imageSetInstances(metadata)) {
 *   for (const frame of instance.ImageFrames) console.log(frame.ID, fullResolutionChecksum(frame)?.Checksum)
 * }
 */
export function fullResolutionChecksum(frame: ImageFrame): FrameChecksum | undefined {
  return frame.PixelDataChecksumFromBaseToFullResolution?.reduce<FrameChecksum | undefined>(
    (widest, checksum) => (widest === undefined || checksum.Width >= widest.Width ? checksum : widest),
    undefined,
  )
}
