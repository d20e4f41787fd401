import type { EncodeVolumeOptions, PlannedVolume } from '../model/volume.ts'
import { niftiHeader } from './nifti-header.ts'
import { littleEndianBytes, voxelByteLength } from './sample-bytes.ts'

/**
 * Returns the bytes of the NIfTI file that {@link encodeNifti} gives. Nothing is fetched.
 *
 * @throws {VolumeError} `VOLUME_NOT_ENCODABLE` for colours of more than 8 bits
 * @example
 * import { niftiByteLength, planVolumes } from '@ahi-dicom/volumes'
 *
 * for (const volume of planVolumes(instances)) console.log(volume.name, niftiByteLength(volume))
 */
export function niftiByteLength(volume: PlannedVolume): number {
  return niftiHeader(volume).byteLength + voxelByteLength(volume)
}

/**
 * Encodes a volume as a single NIfTI file (`.nii`), slice by slice. Compress the chunks with gzip for `.nii.gz`.
 *
 * @throws {VolumeError} `VOLUME_NOT_ENCODABLE` for colours of more than 8 bits; and what `slices` throws
 * @example
 * import { writeFile } from 'node:fs/promises'
 * import { encodeNifti, planVolumes } from '@ahi-dicom/volumes'
 *
 * for (const volume of planVolumes(instances)) await writeFile(`series${volume.name}.nii`, encodeNifti(volume))
 */
export async function* encodeNifti(
  volume: PlannedVolume,
  options: EncodeVolumeOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  yield niftiHeader(volume)
  for await (const slice of volume.slices(options)) {
    yield littleEndianBytes(slice.data)
    if (options.reusesMemory === true) slice.release()
  }
}
