import type { DicomInstance } from '@ahi-dicom/dicomizer'

/** Limits for the frames of one instance in flight. */
export interface FrameLimits {
  /** The most bytes of frames in flight. One frame is always allowed. */
  readonly maxBytes: number
  readonly maxFrames: number
}

/** Returns how many frames of an instance may be in flight at a time. */
export function frameConcurrency(instance: DicomInstance, { maxBytes, maxFrames }: FrameLimits): number {
  const { frameCount, frameByteLength, storedFrameByteLength } = instance.describe()
  const fitting = Math.floor(maxBytes / Math.max(1, frameByteLength + storedFrameByteLength))
  return Math.max(1, Math.min(frameCount, maxFrames, fitting))
}
