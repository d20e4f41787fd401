import type { GapHandling } from '../geometry/slice-layout.ts'
import type { VolumeError } from '../errors.ts'

/** Options of {@link planVolumes}. */
export interface PlanVolumesOptions {
  /**
   * Handling of missing slices and uneven distances. `error`: the volume is refused. `fill`: missing slices get the
   * padding value, or 0; uneven distances are refused. `split`: each run of slices at equal distances becomes a volume,
   * and repeated slices become another. Default `error`; a segmentation is filled unless `gaps` is set.
   */
  readonly gaps?: GapHandling | undefined
  /**
   * Millimetres that a slice may be from where the affine puts it. Default: 2 % of the distance of slices. Raise it for
   * positions that were rounded.
   */
  readonly positionTolerance?: number | undefined
  /**
   * `stored`: voxels are as the instances store them, and `rescale` makes real-world values of them; they are real-world
   * values (float32) if slices differ in their rescale values. `real-world`: voxels are real-world values; whole numbers if
   * all values are, else float32. Default `stored`.
   */
  readonly values?: 'stored' | 'real-world' | undefined
  /**
   * `labels`: a binary segmentation becomes one volume of segment numbers, which fails if segments overlap. `separate`:
   * each segment becomes a separate volume, as fractional segments always do. Default `labels`.
   */
  readonly segments?: 'labels' | 'separate' | undefined
  /** Told of every series, or part of one, that makes no volume. Default: the first one is thrown. */
  readonly onRefused?: ((error: VolumeError) => void) | undefined
}
