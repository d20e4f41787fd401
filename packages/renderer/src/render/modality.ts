import type { ImageDescription } from '../describe/image-description.ts'
import { lookUp } from './look-up.ts'

/** Maps stored values to values of the modality by the LUT, else by slope and intercept (PS3.3 C.11.1). */
export function modalityTransform(image: ImageDescription): (stored: number) => number {
  const { modalityLut } = image
  if (modalityLut !== undefined && modalityLut.entries.length > 0) return (stored) => lookUp(modalityLut, stored)
  const slope = image.rescaleSlope ?? 1
  const intercept = image.rescaleIntercept ?? 0
  return (stored) => stored * slope + intercept
}
