import type { VolumeError } from '../errors.ts'
import type { PlannedVolume } from '../model/volume.ts'
import type { VolumeInstance } from '../model/volume-instance.ts'
import type { PlanVolumesOptions } from './plan-options.ts'
import { planSeries } from './plan-series.ts'

/**
 * Plans volumes from metadata alone: no frame is fetched. Each series becomes one volume, or several if its
 * images differ in orientation, size, pixels, or kind. Slices are sorted along their normal by ImagePositionPatient. The order
 * of the instances does not matter. Instances without pixels are left out.
 *
 * @throws {VolumeError} if instances make no volume: the first error, unless `onRefused` is set
 * @example
 * import { planVolumes } from '@ahi-dicom/volumes'
 *
 * for (const { kind, shape, spacing } of planVolumes(instances)) console.log(kind, shape, spacing) // image [ 3, 512, 512 ] …
 */
export function planVolumes(
  instances: Iterable<VolumeInstance>,
  options: PlanVolumesOptions = {},
): readonly PlannedVolume[] {
  const { onRefused = (error) => raise(error) } = options
  const images = [...instances]
    .filter(({ pictureCount }) => pictureCount > 0)
    .toSorted((a, b) => compareTexts(a.sopInstanceUid, b.sopInstanceUid))
  const bySeries = Map.groupBy(images, ({ seriesInstanceUid }) => seriesInstanceUid)
  return [...bySeries]
    .toSorted(([a], [b]) => compareTexts(a, b))
    .flatMap(([, series]) => planSeries(series, { ...options, onRefused }))
}

function raise(error: VolumeError): never {
  throw error
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
