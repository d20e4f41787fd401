import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { FrameMismatchError, type DecodedFrame, type FrameDecoder } from '@ahi-dicom/dicomizer'
import { convertSamples } from '../pixels/samples.ts'
import type { FrameContent } from '../store/frame-content.ts'

/**
 * Decodes a frame to the form of native Pixel Data: colour by pixel, BitsAllocated bits per sample, little endian.
 * @throws {CodeStreamError} if it cannot be decoded
 * @throws {FrameMismatchError} if it is not the image that the attributes describe
 */
export async function toNative(
  frame: FrameContent,
  { instance, decoder }: { readonly instance: InstanceMetadata; readonly decoder: FrameDecoder },
): Promise<Uint8Array> {
  const decoded = await decoder.decode(await frame.copy())
  requireDescribed(decoded, instance)
  return nativePixels(decoded, instance)
}

/** Converts decoded pixels to samples of BitsAllocated. */
export function nativePixels(decoded: DecodedFrame, instance: InstanceMetadata): Uint8Array {
  const bitsAllocated = Number(instance.DICOM['BitsAllocated'] ?? 8)
  if (bitsAllocated === 1) return packBits(decoded.pixels)
  const isNarrow = decoded.bitsPerSample <= 8 && bitsAllocated > 8
  return isNarrow ? widened(decoded) : decoded.pixels
}

/**
 * Returns true if a code stream, or a decoded frame, has the size, components and depth that the attributes describe.
 */
export function isDescribed(
  facts: Pick<DecodedFrame, 'width' | 'height' | 'components' | 'bitsPerSample'>,
  { DICOM }: InstanceMetadata,
): boolean {
  return (
    facts.width === Number(DICOM['Columns']) &&
    facts.height === Number(DICOM['Rows']) &&
    facts.components === Number(DICOM['SamplesPerPixel'] ?? 1) &&
    facts.bitsPerSample <= Number(DICOM['BitsAllocated'] ?? 8)
  )
}

function requireDescribed(decoded: DecodedFrame, instance: InstanceMetadata): void {
  if (isDescribed(decoded, instance)) return
  const { width, height, components, bitsPerSample } = decoded
  const actual = `${width} x ${height} x ${components} of ${bitsPerSample} bits`
  throw new FrameMismatchError({}, `a frame decodes to ${actual}, which does not match the attributes`)
}

function widened({ pixels, bitsPerSample, isSigned }: DecodedFrame): Uint8Array {
  return convertSamples({ data: pixels, byteWidth: 1, isSigned }, { bits: bitsPerSample, byteWidth: 2, isSigned }).data
}

/** Packs eight 1-bit samples into each byte, the first in the lowest bit (PS3.5 8.1.1). */
function packBits(samples: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(samples.byteLength / 8))
  for (const [index, sample] of samples.entries()) {
    packed[index >>> 3] = (packed[index >>> 3] ?? 0) | ((sample & 1) << (index & 7))
  }
  return packed
}
