import { encodeNpz, npzByteLength } from '@ahi-dicom/volumes'
import type { SeriesFormat } from './series-format.ts'
import { volumeFormat } from './volume-format.ts'
import type { VolumeFormatOptions } from './volume-format.ts'

/**
 * Creates the format for NumPy archives with `voxels`, `affine` (LPS) and `metadata` (a JSON string).
 *
 * @example
 * import { npzFormat } from '@ahi-dicom/export-files'
 *
 * const formats = [npzFormat({ values: 'real-world' })]
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
 */
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
