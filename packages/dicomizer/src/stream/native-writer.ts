import { InstanceTooLargeError, type InstanceIdentity } from '../errors.ts'
import { longestValueLength } from '@ahi-dicom/dicom-standard/part10'
import { nativePixelDataHeader } from '../part10/native-pixel-data.ts'
import type { Part10Envelope } from '../part10/part10.ts'
import { createBitPacker } from '../pixels/bit-packing.ts'
import { conformSamples } from '../pixels/conform-samples.ts'
import { nativeByteLength, type PixelFormat } from '../pixels/pixel-module.ts'
import type { FrameWriter } from './frame-writer.ts'

/** Options of {@link createNativeWriter}. */
export interface NativeWriterOptions {
  readonly format: PixelFormat
  readonly frameCount: number
  readonly envelope: Part10Envelope
  readonly identity: InstanceIdentity
}

/**
 * Checks that pixels fit a native Pixel Data element. Returns their length in bytes.
 *
 * @throws {InstanceTooLargeError} if they do not fit
 */
export function requireNativeLength(format: PixelFormat, frameCount: number, identity: InstanceIdentity): number {
  const byteLength = nativeByteLength(format, frameCount)
  if (byteLength > longestValueLength) throw new InstanceTooLargeError(identity, byteLength)
  return byteLength
}

/**
 * Returns a writer of decoded frames, one after the other. 1-bit samples are packed without gaps between frames (PS3.5
 * 8.1.1).
 */
export function createNativeWriter({ format, frameCount, envelope, identity }: NativeWriterOptions): FrameWriter {
  const byteLength = requireNativeLength(format, frameCount, identity)
  const packer = format.bitsAllocated === 1 ? createBitPacker() : undefined
  let isStarted = false
  return {
    *add({ decoded, release }) {
      if (decoded === undefined) throw new TypeError('Expected a decoded frame')
      if (!isStarted) yield* [envelope.head, nativePixelDataHeader(byteLength, format.bitsAllocated)]
      isStarted = true
      const pixels = conformSamples(decoded, format)
      yield packer === undefined ? pixels : packer.add(pixels)
      release()
    },
    *end() {
      if (packer !== undefined) yield packer.end()
      if (byteLength % 2 === 1) yield new Uint8Array(1)
      if (envelope.tail.length > 0) yield envelope.tail
    },
  }
}
