import type { InstanceMetadata } from '@ahi-dicom/ahi-metadata'
import { FrameMismatchError, type DecodedFrame, type FrameDecoder } from '@ahi-dicom/dicomizer'
import { convertSamples } from '../pixels/samples.ts'
import type { FrameContent } from '../store/frame-content.ts'

/**
 * Decodes a frame to what Pixel Data of Explicit VR Little Endian has of it: colour by pixel, BitsAllocated a sample.
 * @throws {CodeStreamError} if it does not decode
 * @throws {FrameMismatchError} if it is not the image that the attributes describe
 */
export async function toNative(
  frame: FrameContent,
  { instance, decoder }: { readonly instance: InstanceMetadata; readonly decoder: FrameDecoder },
): Promise<Uint8Array> {
  const decoded = await decoder.decode(await frame.copy())
  requireDescribed(decoded, instance)
  const bitsAllocated = Number(instance.DICOM['BitsAllocated'] ?? 8)
  if (bitsAllocated === 1) return packBits(decoded.pixels)
  const isNarrow = decoded.bitsPerSample <= 8 && bitsAllocated > 8
  return isNarrow ? widened(decoded) : decoded.pixels
}

function requireDescribed(decoded: DecodedFrame, { DICOM }: InstanceMetadata): void {
  const { width, height, components, bitsPerSample } = decoded
  const [rows, columns] = [Number(DICOM['Rows']), Number(DICOM['Columns'])]
  const samplesPerPixel = Number(DICOM['SamplesPerPixel'] ?? 1)
  const isDeep = bitsPerSample > Number(DICOM['BitsAllocated'] ?? 8)
  if (width === columns && height === rows && components === samplesPerPixel && !isDeep) return
  const actual = `${width} x ${height} x ${components} of ${bitsPerSample} bits`
  throw new FrameMismatchError({}, `a frame decodes to ${actual}, which is not what the attributes describe`)
}

function widened({ pixels, bitsPerSample, isSigned }: DecodedFrame): Uint8Array {
  return convertSamples({ data: pixels, byteWidth: 1, isSigned }, { bits: bitsPerSample, byteWidth: 2, isSigned }).data
}

/** Eight samples a byte, the first in the lowest bit (PS3.5 8.1.1). */
function packBits(samples: Uint8Array): Uint8Array {
  const packed = new Uint8Array(Math.ceil(samples.byteLength / 8))
  for (const [index, sample] of samples.entries()) {
    packed[index >>> 3] = (packed[index >>> 3] ?? 0) | ((sample & 1) << (index & 7))
  }
  return packed
}
