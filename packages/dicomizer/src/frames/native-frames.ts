import { frameChecksum } from '@ahi-dicom/ahi-metadata'
import type { DecodedFrame } from '@ahi-dicom/htj2k-decoder'

import { unpackBits } from '../pixels/bit-packing.ts'
import { frameByteLength, samplesPerFrame, type PixelFormat } from '../pixels/pixel-module.ts'

/** Returns the length of one frame that is stored uncompressed, in bytes. */
export function nativeFrameByteLength(format: PixelFormat): number {
  return format.bitsAllocated === 1 ? Math.ceil(samplesPerFrame(format) / 8) : frameByteLength(format)
}

/**
 * Reads a frame that AHI keeps uncompressed, as it does those of binary segmentations: little endian, colour by pixel;
 * samples of one bit packed, each frame from a byte of its own.
 *
 * @throws {RangeError} for a frame of another length
 */
export function decodeNativeFrame(frame: Uint8Array<ArrayBuffer>, format: PixelFormat): DecodedFrame {
  const { columns: width, rows: height, samplesPerPixel: components, bitsAllocated, isSigned } = format
  const expected = nativeFrameByteLength(format)
  if (frame.length !== expected) throw new RangeError(`it has ${frame.length} bytes and not ${expected}`)
  const pixels = bitsAllocated === 1 ? unpackBits(frame, samplesPerFrame(format)) : frame
  const checksum = frameChecksum(pixels)
  return { pixels, width, height, components, bitsPerSample: bitsAllocated, isSigned, checksum }
}
