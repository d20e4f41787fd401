/** A moment of an export, as counted so far. */
export interface ExportProgress {
  readonly imageSets: {
    readonly done: number
    readonly total: number
  }
  readonly instances: {
    /** Written, skipped and failed. */
    readonly done: number
    /** Of the image sets read so far. */
    readonly total: number
    readonly failed: number
  }
  /** Whether every image set has been read, so that the totals grow no more. */
  readonly isTotalKnown: boolean
  readonly frames: {
    /** Frames received, each counted once. */
    readonly done: number
    /** Of the image sets read so far, less those of skipped instances. */
    readonly total: number
  }
  /** Bytes of frames received from AHI. */
  readonly bytesFetched: number
  /** Bytes of written files. */
  readonly bytesWritten: number
}
