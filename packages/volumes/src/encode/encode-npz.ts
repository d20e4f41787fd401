import { makeZip } from 'client-zip'
import { bytesPerSample } from '../model/sample-type.ts'
import type { PlannedVolume, ReadVolumeOptions } from '../model/volume.ts'
import { bidsSidecar } from './bids-sidecar.ts'
import { npyHeader, npyMatrix, npyText, npyType } from './npy.ts'
import { littleEndianBytes } from './sample-bytes.ts'

/**
 * Encodes a volume for `numpy.load`, slice by slice and without compression: `voxels` in the order of `shape`, `affine` (LPS,
 * float64), and `metadata`, which is the text of a JSON object.
 *
 * @throws {VolumeError} what `slices` throws
 */
export async function* encodeNpz(
  volume: PlannedVolume,
  options: ReadVolumeOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const voxels = npyHeader(npyType(volume.dtype), volume.shape)
  const count = volume.shape.reduce((product, length) => product * length, 1)
  const size = voxels.length + count * bytesPerSample(volume.dtype)
  const files = [
    { name: 'affine.npy', input: npyMatrix(volume.affine.lps), lastModified },
    {
      name: 'metadata.npy',
      input: npyText(JSON.stringify({ ...bidsSidecar(volume), AffineCoordinates: 'LPS' })),
      lastModified,
    },
    { name: 'voxels.npy', input: voxelFile(voxels, volume, options), lastModified, size },
  ]
  // What the library knows of sizes beforehand decides whether entries are ZIP64.
  yield* makeZip(files, { buffersAreUTF8: true })
}

/** The first time that a ZIP can hold: the same volume makes the same bytes. */
const lastModified = new Date(1980, 0, 1)

async function* voxelFile(
  header: Uint8Array,
  volume: PlannedVolume,
  options: ReadVolumeOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield header
  for await (const { data } of volume.slices(options)) yield littleEndianBytes(data)
}
