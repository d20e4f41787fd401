import { frameChecksum } from '@ahi-dicom/ahi-metadata'

import { unpackBits } from '../pixels/bit-packing.ts'
import type { FrameDecoder } from './frames.ts'
import { frameByteLength, samplesPerFrame, type PixelFormat } from '../pixels/pixel-module.ts'

/** Bytes of one frame that is stored uncompressed. */
export function nativeFrameByteLength(format: PixelFormat): number {
  return format.bitsAllocated === 1 ? Math.ceil(samplesPerFrame(format) / 8) : frameByteLength(format)
}

/**
 * Reads frames that AHI keeps uncompressed, as it does those of binary segmentations: little endian, colour by pixel;
 * samples of one bit packed, each frame from a byte of its own. A frame of another length is an error.
 */
export function nativeFrameDecoder(format: () => PixelFormat): FrameDecoder {
  return {
    async decode(frame) {
      const { columns: width, rows: height, samplesPerPixel: components, bitsAllocated, isSigned } = format()
      const samples = samplesPerFrame(format())
      const expected = nativeFrameByteLength(format())
      if (frame.length !== expected) throw new RangeError(`it has ${frame.length} bytes and not ${expected}`)
      const pixels = bitsAllocated === 1 ? unpackBits(frame, samples) : frame
      const checksum = frameChecksum(pixels)
      return { pixels, width, height, components, bitsPerSample: bitsAllocated, isSigned, checksum }
    },
  }
}
