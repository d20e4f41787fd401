import type { Vector } from '../geometry/vector.ts'
import type { FourthAxis, Rescale } from '../model/volume.ts'
import type { VolumeInstance } from '../model/volume-instance.ts'

/** What the samples of a frame are, by its attributes. */
export interface SampleForm {
  readonly rows: number
  readonly columns: number
  readonly components: number
  readonly photometric: string
  readonly bitsAllocated: number
  readonly bitsStored: number
  readonly highBit: number
  readonly isSigned: boolean
  /** Bits of a real number; undefined for whole numbers. */
  readonly realBits: 32 | 64 | undefined
}

/** How values that an axis goes by are named, and what they are for one frame. */
export interface AxisValue extends Pick<FourthAxis, 'kind' | 'keyword' | 'unit'> {
  /** The value, and what else tells frames of one value apart. */
  readonly values: readonly number[]
}

/** One frame of an instance with all that its metadata tells of its place in a volume. */
export interface SourceFrame {
  readonly instance: VolumeInstance
  /** Counted from 0. */
  readonly index: number
  /** The centre of the first voxel (LPS, millimetres). */
  readonly position: Vector
  /** Unit vector of a row: to where column numbers grow. */
  readonly rowDirection: Vector
  /** Unit vector of a column: to where row numbers grow. */
  readonly columnDirection: Vector
  /** Millimetres between rows, and between columns. */
  readonly pixelSpacing: readonly [number, number]
  /** SpacingBetweenSlices, else SliceThickness: for a volume of one slice, and for the frames that a segmentation leaves out. */
  readonly statedSpacing: { readonly betweenSlices: number | undefined; readonly thickness: number | undefined }
  readonly form: SampleForm
  readonly rescale: Rescale
  readonly units: string | undefined
  readonly hasModalityLut: boolean
  readonly paddingValue: number | undefined
  /** Whether the image shows where others lie. */
  readonly isLocalizer: boolean
  readonly imageType: string
  readonly frameOfReference: string
  readonly stack: string
  /** By what frames at one position may differ, the most telling first. */
  readonly axisValues: readonly AxisValue[]
  /** ReferencedSegmentNumber of a binary or fractional segmentation. */
  readonly segment: number | undefined
}
