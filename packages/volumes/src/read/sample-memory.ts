import type { PixelArray } from '@ahi-dicom/dicom-standard'
import { createSamples, type SampleType } from '../model/sample-type.ts'

/** Arrays of one type and length that are used again. */
export interface SampleMemory {
  /** Returns an array. It may hold earlier values. */
  take(): PixelArray
  give(samples: PixelArray): void
}

/** Makes memory for slices of one volume. */
export function createSampleMemory(type: SampleType, length: number): SampleMemory {
  const idle: PixelArray[] = []
  return {
    take: () => idle.pop() ?? createSamples(type, length),
    give: (samples) => void idle.push(samples),
  }
}
