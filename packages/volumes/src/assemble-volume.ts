import { VolumeError } from './errors.ts'
import { createSamples } from './model/sample-type.ts'
import type { PlannedVolume, ReadVolumeOptions, Volume } from './model/volume.ts'
import type { VolumeInstance } from './model/volume-instance.ts'
import type { PlanVolumesOptions } from './plan/plan-options.ts'
import { planVolumes } from './plan/plan-volumes.ts'

/** Options of {@link assembleVolume}. */
export interface AssembleVolumeOptions extends PlanVolumesOptions, ReadVolumeOptions {
  /** The `name` of the volume, if the instances make several. */
  readonly name?: string | undefined
}

/**
 * Returns the volume that instances make, with its voxels in memory. Every frame is verified by the instance that gives it.
 *
 * @throws {VolumeError} `VOLUME_NONE` or `VOLUME_NOT_ONE`, and what {@link planVolumes} and `slices` throw
 * @example
 * import { assembleVolume } from '@ahi-dicom/volumes'
 *
 * const { shape, units, data } = await assembleVolume(instances, { values: 'real-world' })
 * console.log(shape, units, data.length) // [ 3, 512, 512 ] HU 786432
 */
export async function assembleVolume(
  instances: Iterable<VolumeInstance>,
  options: AssembleVolumeOptions = {},
): Promise<Volume> {
  const planned = planVolumes(instances, options)
  const { name: wanted } = options
  const volumes = wanted === undefined ? planned : planned.filter(({ name }) => name === wanted)
  const [volume, another] = volumes
  if (volume === undefined) throw none(planned, wanted)
  if (another !== undefined) throw notOne(volumes)
  return await readVolume(volume, options)
}

/**
 * Reads the voxels of a planned volume into memory.
 *
 * @throws {VolumeError} what `slices` throws
 * @example
 * import { planVolumes, readVolume } from '@ahi-dicom/volumes'
 *
 * for (const planned of planVolumes(instances)) {
 *   const { data } = await readVolume(planned)
 *   console.log(data.length) // 786432
 * }
 */
export async function readVolume(volume: PlannedVolume, options: ReadVolumeOptions = {}): Promise<Volume> {
  const { slices, rows, columns, components } = volume.dimensions
  const perSlice = rows * columns * components
  const length = volume.shape.reduce((product, count) => product * count, 1)
  const data = createSamples(volume.dtype, length)
  for await (const slice of volume.slices(options)) {
    data.set(slice.data, (slice.t * slices + slice.k) * perSlice)
    slice.release()
  }
  return { ...volume, data }
}

function none(planned: readonly PlannedVolume[], wanted: string | undefined): VolumeError {
  const why =
    wanted === undefined
      ? 'none of the instances is an image; select a series of images'
      : `none is named "${wanted}"; choose one of ${list(planned)}`
  return new VolumeError('VOLUME_NONE', `Cannot assemble a volume: ${why}`, {})
}

function notOne(volumes: readonly PlannedVolume[]): VolumeError {
  const message = `Cannot assemble one volume: the instances make ${volumes.length}; choose one by its \`name\`, which are ${list(volumes)}, or use \`planVolumes\``
  return new VolumeError('VOLUME_NOT_ONE', message, {
    sopInstanceUids: volumes.flatMap(({ instances }) => instances.map(({ sopInstanceUid }) => sopInstanceUid)),
  })
}

function list(volumes: readonly PlannedVolume[]): string {
  return volumes.length === 0 ? 'none' : volumes.map(({ name }) => `"${name}"`).join(', ')
}
