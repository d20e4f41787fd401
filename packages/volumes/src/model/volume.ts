import type { Matrix3, Matrix4, Vector } from '../geometry/vector.ts'
import type { PixelArray } from '@ahi-dicom/dicom-standard'
import type { SampleType } from './sample-type.ts'
import type { VolumeInstance } from './volume-instance.ts'

/** How many voxels a volume has in each direction. */
export interface VolumeDimensions {
  /** Along a row (i). */
  readonly columns: number
  /** Along a column (j). */
  readonly rows: number
  /** Along the normal (k). */
  readonly slices: number
  /** Along the fourth axis (t): 1 without one. */
  readonly fourth: number
  /** Samples of a voxel: 3 for red, green and blue. */
  readonly components: 1 | 3
}

/** An axis besides the three of space, along which slices at one position differ. */
export interface FourthAxis {
  readonly kind: 'time' | 'echo' | 'b-value' | 'cardiac phase' | 'acquisition'
  /** The attribute that the axis goes by. */
  readonly keyword: string
  /** The unit of `values`; undefined if they only count. */
  readonly unit: 's' | 'ms' | 's/mm2' | '%' | undefined
  /** One for each place; their means if they differ between slices, as trigger times do. */
  readonly values: readonly number[]
}

/** Real-world value = slope x stored value + intercept. */
export interface Rescale {
  readonly slope: number
  readonly intercept: number
}

/** A frame of an instance. */
export interface VolumeFrame {
  readonly sopInstanceUid: string
  /** Counted from 0. */
  readonly frame: number
}

/** One segment of a segmentation (PS3.3 C.8.20.4). */
export interface VolumeSegment {
  /** SegmentNumber: the value of its voxels in a label volume. */
  readonly number: number
  readonly label: string
  readonly category: SegmentCode | undefined
  readonly type: SegmentCode | undefined
  /** AUTOMATIC, SEMIAUTOMATIC or MANUAL. */
  readonly algorithmType: string | undefined
}

/** A coded concept. */
export interface SegmentCode {
  readonly value: string
  readonly scheme: string
  readonly meaning: string
}

/** Why someone who computes with a volume should look at it. */
export interface VolumeWarning {
  readonly code:
    | 'SERIES_SPLIT'
    | 'GANTRY_TILT'
    | 'SLICES_FILLED'
    | 'SLICE_SPACING_ASSUMED'
    | 'RESCALE_DIFFERS'
    | 'MODALITY_LUT_NOT_APPLIED'
    | 'FOURTH_AXIS_VARIES'
  readonly message: string
}

/** How the voxels of a volume are read. */
export interface ReadVolumeOptions {
  readonly signal?: AbortSignal | undefined
  /** Frames in flight. Default 4. */
  readonly frameConcurrency?: number | undefined
}

/** How the voxels of a volume are encoded. */
export interface EncodeVolumeOptions extends ReadVolumeOptions {
  /**
   * Whether the memory of a chunk is reused after the next one is read. Large volumes then take no more memory than
   * small ones. Do not use it with consumers that collect chunks, such as streams of Node.js. Default false.
   */
  readonly reusesMemory?: boolean | undefined
}

/** One slice of a volume. */
export interface VolumeSlice {
  /** Its place along the normal, from 0. */
  readonly k: number
  /** Its place along the fourth axis, from 0. */
  readonly t: number
  /** Row by row, the components of a voxel side by side. Not to be changed: it may be the instance's own. */
  readonly data: PixelArray
  /** Frames that it was read from: 0 if it is filled, several if it has several segments. */
  readonly frameCount: number
  /** Takes the memory of `data` back, for slices to come. Nothing may read it afterwards. Without it, it is collected. */
  release(): void
}

/** A volume whose geometry is known from metadata alone. No frame is fetched before its voxels are read. */
export interface PlannedVolume {
  readonly seriesInstanceUid: string
  /** Tells it from other volumes of its series; empty if there is no other. Letters, digits, `-`, `_` and `.`. */
  readonly name: string
  /** `labels`: voxels are segment numbers. `fractions`: voxels are shares of one segment, from 0 to 1. */
  readonly kind: 'image' | 'labels' | 'fractions'
  readonly dimensions: VolumeDimensions
  /**
   * The same in the order of memory, the slowest first: `[fourth,] slices, rows, columns [, components]`. NumPy's order. A
   * fourth axis is there if `fourthAxis` is.
   */
  readonly shape: readonly number[]
  /** Millimetres from voxel to voxel along i, j and k. */
  readonly spacing: Vector
  /** The centre of the first voxel, in millimetres (LPS). */
  readonly origin: Vector
  /** Unit vectors of i, j and k as columns (LPS). */
  readonly direction: Matrix3
  /** Map `(i, j, k, 1)`, that is column, row and slice, to millimetres. */
  readonly affine: {
    /** In the patient coordinates of DICOM: x to the left, y to the back, z to the head. */
    readonly lps: Matrix4
    /** In the coordinates of NIfTI: x to the right, y to the front, z to the head. */
    readonly ras: Matrix4
  }
  /** Whether slices are shifted against each other, by a tilted gantry: the axes are then not at right angles. */
  readonly isSheared: boolean
  readonly dtype: SampleType
  /** How voxels become real-world values: slope 1 and intercept 0 if they are. */
  readonly rescale: Rescale
  /**
   * Unit of real-world values, as the instances name it: `HU`, `BQML`, `GY`, a UCUM code. Undefined if they do not
   * state one.
   */
  readonly units: string | undefined
  readonly fourthAxis: FourthAxis | undefined
  /** Segments of a segmentation. Empty for other volumes. */
  readonly segments: readonly VolumeSegment[]
  readonly warnings: readonly VolumeWarning[]
  /** Its instances, each once, in the order of slices. */
  readonly instances: readonly VolumeInstance[]
  /** Frames that its voxels are read from. */
  readonly frameCount: number
  /**
   * Returns the frame of a slice; undefined for a slice that no frame has. If several segments have a frame there, the
   * first one.
   */
  frameOf(k: number, t?: number): VolumeFrame | undefined
  /**
   * Gives the slices in the order of memory. Holds no more than `frameConcurrency` of them.
   *
   * @throws {VolumeError} `VOLUME_FRAME_MISMATCH`, `VOLUME_SEGMENTS_OVERLAP`; and what reading a frame throws
   */
  slices(options?: ReadVolumeOptions): AsyncIterable<VolumeSlice>
}

/** A volume in memory. */
export interface Volume extends PlannedVolume {
  /** All voxels, in the order of `shape`. */
  readonly data: PixelArray
}
