import type { PixelArray } from '@ahi-dicom/dicom-standard'
import { isLittleEndian, swapBytesInPlace } from '@ahi-dicom/runtime'
import { bytesPerSample } from '../model/sample-type.ts'
import type { PlannedVolume } from '../model/volume.ts'

/**
 * Returns the bytes of all voxels of a volume.
 * @example
 * import { planVolumes, voxelByteLength } from '@ahi-dicom/volumes'
 *
 * for (const volume of planVolumes(instances)) console.log(volume.name, voxelByteLength(volume))
 */
export function voxelByteLength({ shape, dtype }: Pick<PlannedVolume, 'shape' | 'dtype'>): number {
  return shape.reduce((product, length) => product * length, 1) * bytesPerSample(dtype)
}

/** Returns samples as bytes, little endian. */
export function littleEndianBytes(samples: PixelArray): Uint8Array {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength)
  const width = samples.BYTES_PER_ELEMENT
  if (isLittleEndian || width === 1) return bytes
  const swapped = bytes.slice()
  swapBytesInPlace(swapped, width)
  return swapped
}
