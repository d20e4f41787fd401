import { encodeNpz, npzByteLength } from '@ahi-dicom/volumes'
import type { SeriesFormat } from './series-format.ts'
import { volumeFormat } from './volume-format.ts'
import type { VolumeFormatOptions } from './volume-format.ts'

/** Makes the format of NumPy archives: `voxels`, `affine` (LPS) and `metadata`, a text of JSON. */
export function npzFormat(options: VolumeFormatOptions = {}): SeriesFormat {
  return volumeFormat({
    name: 'npz',
    options,
    *encode({ volume, suffix, frames, reading }) {
      const chunks = encodeNpz(volume, { ...reading, reusesMemory: true })
      yield { suffix: `${suffix}.npz`, mediaType: 'application/zip', chunks, frames }
    },
    measure: (volume) => ({ files: 1, byteLength: npzByteLength(volume), accuracy: 'exact' }),
  })
}
