/** The progress of an export so far. */
export interface ExportProgress {
  readonly imageSets: {
    readonly done: number
    readonly total: number
  }
  readonly instances: {
    /** Written, skipped and failed. */
    readonly done: number
    /** Instances in the image sets read so far. */
    readonly total: number
    readonly failed: number
  }
  /** True once every image set is read, so that the totals no longer grow. */
  readonly isTotalKnown: boolean
  readonly frames: {
    /** Frames received, each counted once. */
    readonly done: number
    /** Frames in the image sets read so far. Frames in skipped instances are not counted. */
    readonly total: number
  }
  /** Bytes of frames received from AHI. */
  readonly bytesFetched: number
  /** Bytes of written files. */
  readonly bytesWritten: number
}
