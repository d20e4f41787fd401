import { bidsSidecar, voxelByteLength } from '@ahi-dicom/volumes'
import { encodeZarr } from '@ahi-dicom/volumes/zarr'
import { findZarrita } from '../volumes/load-zarrita.ts'
import type { SeriesFormat } from './series-format.ts'
import { volumeFormat } from './volume-format.ts'
import type { VolumeFormatOptions } from './volume-format.ts'

/**
 * Makes the format of Zarr v3 hierarchies with the axes of OME-NGFF 0.5: the files below `STEM.zarr`, a chunk for each slice.
 * The package `zarrita`, which you install beside this one, writes their metadata.
 *
 * @throws {ZarritaError} if `zarrita` is not there
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

/** Those of the group and of the array. */
const metadataFiles = 2

/** Bytes of the two beside the members of the sidecar, about. */
const otherMetadata = 1500
