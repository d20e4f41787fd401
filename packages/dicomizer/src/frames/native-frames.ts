import { frameChecksum } from '@ahi-dicom/ahi-metadata'
import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'

import { unpackBits } from '../pixels/bit-packing.ts'
import { frameByteLength, samplesPerFrame, type PixelFormat } from '../pixels/pixel-module.ts'

/** Returns the length in bytes of one frame that is stored uncompressed. */
export function nativeFrameByteLength(format: PixelFormat): number {
  return format.bitsAllocated === 1 ? Math.ceil(samplesPerFrame(format) / 8) : frameByteLength(format)
}

/**
 * Reads a frame that AHI stores uncompressed, such as one of a binary segmentation. Samples are little endian and
 * colour by pixel. 1-bit samples are packed, and each frame starts at a whole byte.
 *
 * @throws {RangeError} if the frame has another length
 */
export function decodeNativeFrame(frame: Uint8Array<ArrayBuffer>, format: PixelFormat): DecodedFrame {
  const { columns: width, rows: height, samplesPerPixel: components, bitsAllocated, isSigned } = format
  const expected = nativeFrameByteLength(format)
  if (frame.length !== expected) throw new RangeError(`it has ${frame.length} bytes instead of ${expected}`)
  const pixels = bitsAllocated === 1 ? unpackBits(frame, samplesPerFrame(format)) : frame
  const checksum = frameChecksum(pixels)
  return { pixels, width, height, components, bitsPerSample: bitsAllocated, isSigned, checksum }
}
