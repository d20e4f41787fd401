import type { Image } from './image.ts'
import { areEqual, reinterpret, type Samples, type SampleValues } from './samples.ts'

/** The difference between the samples of two frames. */
export interface SampleDifference {
  /** Samples that differ by more than the tolerance. */
  readonly count: number
  readonly largest: number
}

/** The result of comparing two frames. `sign-bits`: only bits above the stored ones of signed samples differ. */
export type FrameResult = 'equal' | 'sign-bits' | SampleDifference

/** A frame of one of the files. */
export interface FrameSide {
  readonly samples: Samples
  readonly image: Image
}

/** Compares samples of the same colours. */
export function compareSamples(left: FrameSide, right: FrameSide, tolerance: number): FrameResult {
  const [values, others] = [left.samples.values, right.samples.values]
  if (choicesOf(left.samples).some((one) => choicesOf(right.samples).some((other) => areEqual(one, other))))
    return 'equal'
  if (haveSameStoredBits(left, right)) return 'sign-bits'
  return differenceOf(values, others, tolerance)
}

/** Counts the samples that differ by more than a tolerance. */
export function differenceOf(left: SampleValues, right: SampleValues, tolerance: number): SampleDifference {
  let count = 0
  let largest = 0
  for (let index = 0; index < left.length; index += 1) {
    const distance = Math.abs((left[index] ?? 0) - (right[index] ?? 0))
    if (distance > largest) largest = distance
    if (distance > tolerance) count += 1
  }
  return { count, largest }
}

function choicesOf({ values, codedValues }: Samples): readonly SampleValues[] {
  return codedValues === undefined ? [values] : [values, codedValues]
}

/**
 * Returns true if signed samples are equal in their stored bits, and differ only in the bits above: 0 in one, the sign
 * in the other.
 */
function haveSameStoredBits(left: FrameSide, right: FrameSide): boolean {
  const { isSigned, bitsStored } = left.image
  if (!isSigned || !right.image.isSigned || bitsStored !== right.image.bitsStored || bitsStored >= 32) return false
  const value = reinterpret(left.samples.values, bitsStored, true)
  if (!areEqual(value, reinterpret(right.samples.values, bitsStored, true))) return false
  const bits = reinterpret(value, bitsStored, false)
  const isPlain = (found: SampleValues): boolean =>
    found.every((sample, index) => sample === value[index] || sample === bits[index])
  return isPlain(left.samples.values) && isPlain(right.samples.values)
}
