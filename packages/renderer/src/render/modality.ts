import type { ImageDescription } from '../describe/image-description.ts'
import { lookUp } from './look-up.ts'

/** Stored value to value of the modality (PS3.3 C.11.1): the LUT where there is one, else slope and intercept. */
export function modalityTransform(image: ImageDescription): (stored: number) => number {
  const { modalityLut } = image
  if (modalityLut !== undefined && modalityLut.entries.length > 0) return (stored) => lookUp(modalityLut, stored)
  const slope = image.rescaleSlope ?? 1
  const intercept = image.rescaleIntercept ?? 0
  return (stored) => stored * slope + intercept
}
