import { makeZip, predictLength } from 'client-zip'
import type { EncodeVolumeOptions, PlannedVolume, VolumeSlice } from '../model/volume.ts'
import { bidsSidecar } from './bids-sidecar.ts'
import { npyHeader, npyMatrix, npyText, npyType } from './npy.ts'
import { littleEndianBytes, voxelByteLength } from './sample-bytes.ts'

/**
 * Encodes a volume for `numpy.load`, slice by slice and without compression: `voxels` in the order of `shape`, `affine` (LPS,
 * float64), and `metadata`, which is the text of a JSON object.
 *
 * @throws {VolumeError} what `slices` throws
 * @example
 * import { writeFile } from 'node:fs/promises'
 * import { encodeNpz, planVolumes } from '@ahi-dicom/volumes'
 *
 * for (const volume of planVolumes(instances)) await writeFile(`series${volume.name}.npz`, encodeNpz(volume))
 */
export async function* encodeNpz(
  volume: PlannedVolume,
  options: EncodeVolumeOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const lent: LentSlice[] = []
  const files = filesOf(volume).map(({ head, ...file }) => ({
    ...file,
    input: file.name === voxelsName ? voxelFile(head, volume, { options, lent }) : head,
  }))
  // The library makes entries ZIP64 if their stated size requires it.
  for await (const chunk of makeZip(files, { buffersAreUTF8: true })) {
    yield chunk
    if (options.reusesMemory === true) releaseTaken(lent, chunk)
  }
}

/**
 * Returns the bytes of the file that {@link encodeNpz} gives. Nothing is fetched.
 * @example
 * import { npzByteLength, planVolumes } from '@ahi-dicom/volumes'
 *
 * for (const volume of planVolumes(instances)) console.log(volume.name, npzByteLength(volume))
 */
export function npzByteLength(volume: PlannedVolume): number {
  return Number(predictLength(filesOf(volume).map(({ name, size }) => ({ name, size }))))
}

/** One file of the archive. */
interface NpzFile {
  readonly name: string
  /** Its bytes, or those before the voxels. */
  readonly head: Uint8Array
  readonly size: number
  readonly lastModified: Date
}

const voxelsName = 'voxels.npy'

function filesOf(volume: PlannedVolume): readonly NpzFile[] {
  const affine = npyMatrix(volume.affine.lps)
  const metadata = npyText(JSON.stringify({ ...bidsSidecar(volume), AffineCoordinates: 'LPS' }))
  const voxels = npyHeader(npyType(volume.dtype), volume.shape)
  return [
    { name: 'affine.npy', head: affine, size: affine.length, lastModified },
    { name: 'metadata.npy', head: metadata, size: metadata.length, lastModified },
    { name: voxelsName, head: voxels, size: voxels.length + voxelByteLength(volume), lastModified },
  ]
}

/** The first time that a ZIP can hold: the same volume makes the same bytes. */
const lastModified = new Date(1980, 0, 1)

/** A slice whose bytes the library has taken. It asks for more before it has passed them on. */
interface LentSlice {
  readonly bytes: Uint8Array
  readonly slice: VolumeSlice
}

async function* voxelFile(
  header: Uint8Array,
  volume: PlannedVolume,
  { options, lent }: { readonly options: EncodeVolumeOptions; readonly lent: LentSlice[] },
): AsyncGenerator<Uint8Array, void, undefined> {
  yield header
  for await (const slice of volume.slices(options)) {
    const bytes = littleEndianBytes(slice.data)
    if (options.reusesMemory === true) lent.push({ bytes, slice })
    yield bytes
  }
}

/** Releases the slices up to the one whose bytes the consumer has used. */
function releaseTaken(lent: LentSlice[], chunk: Uint8Array): void {
  const index = lent.findIndex(({ bytes }) => bytes.buffer === chunk.buffer && bytes.byteOffset === chunk.byteOffset)
  for (const { slice } of lent.splice(0, index + 1)) slice.release()
}
