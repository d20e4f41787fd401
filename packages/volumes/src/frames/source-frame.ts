import type { Vector } from '../geometry/vector.ts'
import type { FourthAxis, Rescale } from '../model/volume.ts'
import type { VolumeInstance } from '../model/volume-instance.ts'

/** The form of a frame's samples, according to its attributes. */
export interface SampleForm {
  readonly rows: number
  readonly columns: number
  readonly components: number
  readonly photometric: string
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly highBit: number
  readonly isSigned: boolean
  /** Bits of a floating-point sample. Undefined for integers. */
  readonly realBits: 32 | 64 | undefined
}

/** A value that a frame has on the fourth axis, with its name. */
export interface AxisValue extends Pick<FourthAxis, 'kind' | 'keyword' | 'unit'> {
  /** The value, followed by others that distinguish frames with the same value. */
  readonly values: readonly number[]
}

/** One frame of an instance, with everything that its metadata states about its place in a volume. */
export interface SourceFrame {
  readonly instance: VolumeInstance
  /** Counted from 0. */
  readonly index: number
  /** The centre of the first voxel (LPS, millimetres). */
  readonly position: Vector
  /** Unit vector along a row, towards higher column numbers. */
  readonly rowDirection: Vector
  /** Unit vector along a column, towards higher row numbers. */
  readonly columnDirection: Vector
  /** Millimetres between rows, and between columns. */
  readonly pixelSpacing: readonly [number, number]
  /** Spacing in millimetres by SpacingBetweenSlices and SliceThickness. Used for a volume of one slice, and for frames that a segmentation omits. */
  readonly statedSpacing: { readonly betweenSlices: number | undefined; readonly thickness: number | undefined }
  readonly form: SampleForm
  readonly rescale: Rescale
  readonly units: string | undefined
  readonly hasModalityLut: boolean
  readonly paddingValue: number | undefined
  /** True if the image is a localizer, which shows the positions of others. */
  readonly isLocalizer: boolean
  readonly imageType: string
  readonly frameOfReference: string
  readonly stack: string
  /** By what frames at one position may differ, the most telling first. */
  readonly axisValues: readonly AxisValue[]
  /** ReferencedSegmentNumber of a binary or fractional segmentation. */
  readonly segment: number | undefined
}
