import type { DicomInstance } from '@ahi-dicom/dicomizer'

/** What an instance may have in flight. */
export interface FrameLimits {
  /** Bytes of frames; one frame it may always have. */
  readonly maxBytes: number
  readonly maxFrames: number
}

/** Returns how many frames of an instance may be in flight. */
export function frameConcurrency(instance: DicomInstance, { maxBytes, maxFrames }: FrameLimits): number {
  const { frameCount, frameByteLength, storedFrameByteLength } = instance.describe()
  const fitting = Math.floor(maxBytes / Math.max(1, frameByteLength + storedFrameByteLength))
  return Math.max(1, Math.min(frameCount, maxFrames, fitting))
}
