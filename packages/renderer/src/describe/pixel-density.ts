import type { DicomAttributes, FunctionalGroups } from '@ahi-dicom/dicom-standard'
import type { NumberReader } from './number-reader.ts'

/** Number of pixels per unit of length, as in the pHYs chunk of PNG. */
export interface PixelDensity {
  readonly x: number
  readonly y: number
  /** `ratio` if only the proportion of `x` to `y` is known. */
  readonly unit: 'metre' | 'ratio'
}

/**
 * Distances between pixel centres in millimetres, first between rows, then between columns (PS3.3 10.7.1.3). The most exact keyword
 * comes first.
 */
const spacingKeywords = ['PixelSpacing', 'ImagerPixelSpacing', 'NominalScannedPixelSpacing', 'ImagePlanePixelSpacing']

const largestDensity = 2 ** 31 - 1

/** Returns the density of a frame's pixels, or undefined if no attribute gives a valid one. */
export function pixelDensity(
  attributes: DicomAttributes,
  groups: FunctionalGroups,
  reader: NumberReader,
): PixelDensity | undefined {
  const measures = groups.item('PixelMeasuresSequence')
  const spacings = [
    measures === undefined ? [] : reader.numbers(measures, 'PixelSpacing'),
    ...spacingKeywords.map((keyword) => reader.numbers(attributes, keyword)),
  ]
  for (const [rows = 0, columns = 0] of spacings) {
    const density = validDensity({ x: Math.round(1000 / columns), y: Math.round(1000 / rows), unit: 'metre' })
    if (density !== undefined) return density
  }
  // PixelAspectRatio: vertical size, then horizontal (PS3.3 C.7.6.3.1.7). Fewer large pixels fit a length, so x and y swap.
  const [vertical = 0, horizontal = 0] = reader.numbers(attributes, 'PixelAspectRatio')
  return validDensity({ x: vertical, y: horizontal, unit: 'ratio' })
}

function validDensity(density: PixelDensity): PixelDensity | undefined {
  const isValid = [density.x, density.y].every(
    (value) => Number.isInteger(value) && value >= 1 && value <= largestDensity,
  )
  return isValid ? density : undefined
}
