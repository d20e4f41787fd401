import type { PixelArray } from '@ahi-dicom/dicom-standard'
import { bytesPerSample } from '../model/sample-type.ts'
import type { PlannedVolume } from '../model/volume.ts'

/** Whether numbers lie in memory with their lowest byte first, as files have them. */
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1

/** Returns the bytes of all voxels of a volume. */
export function voxelByteLength({ shape, dtype }: Pick<PlannedVolume, 'shape' | 'dtype'>): number {
  return shape.reduce((product, length) => product * length, 1) * bytesPerSample(dtype)
}

/** Returns samples as bytes, little endian. */
export function littleEndianBytes(samples: PixelArray): Uint8Array {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
  const width = samples.BYTES_PER_ELEMENT
  if (isLittleEndian || width === 1) return bytes
  const swapped = bytes.slice()
  for (let at = 0; at < swapped.length; at += width) swapped.subarray(at, at + width).reverse()
  return swapped
}
