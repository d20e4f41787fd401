import { bidsSidecar, voxelByteLength } from '@ahi-dicom/volumes'
import { encodeZarr } from '@ahi-dicom/volumes/zarr'
import { findZarrita } from '../volumes/load-zarrita.ts'
import type { SeriesFormat } from './series-format.ts'
import { volumeFormat } from './volume-format.ts'
import type { VolumeFormatOptions } from './volume-format.ts'

/**
 * Creates the format for Zarr v3 hierarchies with the axes of OME-NGFF 0.5. The files lie below `STEM.zarr`, with a
 * chunk for each slice. Needs the optional package `zarrita`, which writes the metadata.
 *
 * @throws {ZarritaError} if `zarrita` cannot be used
 * @example
 * import { zarrFormat } from '@ahi-dicom/export-files'
 *
 * const formats = [zarrFormat()]
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
 */
export function zarrFormat(options: VolumeFormatOptions = {}): SeriesFormat {
  const loadZarrita = findZarrita()
  return volumeFormat({
    name: 'zarr',
    options,
    async *encode({ volume, suffix, frames, reading }) {
      const zarrita = await loadZarrita()
      for await (const { path, bytes, frameCount } of encodeZarr(volume, { ...reading, zarrita, reusesMemory: true })) {
        yield {
          suffix: `${suffix}.zarr/${path}`,
          mediaType: path.endsWith('.json') ? 'application/json' : 'application/octet-stream',
          chunks: [bytes],
          frames: frames === 0 ? 0 : frameCount,
        }
      }
    },
    measure(volume) {
      const { slices, fourth } = volume.dimensions
      const metadata = JSON.stringify(bidsSidecar(volume)).length + otherMetadata
      return {
        files: metadataFiles + slices * fourth,
        byteLength: voxelByteLength(volume) + metadata,
        accuracy: 'estimated',
      }
    },
  })
}

/** Number of metadata files: one of the group and one of the array. */
const metadataFiles = 2

/** Approximate size of both metadata files without the members of the sidecar, in bytes. */
const otherMetadata = 1500
