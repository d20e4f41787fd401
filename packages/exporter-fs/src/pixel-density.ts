import type { FunctionalGroups } from './functional-groups.ts'
import type { InstanceAttributes } from './instance.ts'

/** How many pixels go on a length, as the pHYs chunk of PNG has it. */
export interface PixelDensity {
  readonly x: number
  readonly y: number
  /** `ratio`: of the one to the other alone. */
  readonly unit: 'metre' | 'ratio'
}

/** Distances of pixel centres in millimetres: of rows, then of columns (PS3.3 10.7.1.3). The best known comes first. */
const SPACINGS = ['PixelSpacing', 'ImagerPixelSpacing', 'NominalScannedPixelSpacing', 'ImagePlanePixelSpacing']

const LARGEST = 2 ** 31 - 1

/** The density of the pixels of a frame, where its data set says anything valid of it. */
export function pixelDensity(attributes: InstanceAttributes, groups: FunctionalGroups): PixelDensity | undefined {
  const measures = groups.item('PixelMeasuresSequence')
  const spacings = [measures?.numbers('PixelSpacing'), ...SPACINGS.map((keyword) => attributes.numbers(keyword))]
  for (const [rows = 0, columns = 0] of spacings.map((values) => values ?? [])) {
    const density = valid({ x: Math.round(1000 / columns), y: Math.round(1000 / rows), unit: 'metre' })
    if (density !== undefined) return density
  }
  // The vertical size of a pixel, then the horizontal (PS3.3 C.7.6.3.1.7): the more of one, the fewer on a length.
  const [vertical = 0, horizontal = 0] = attributes.numbers('PixelAspectRatio')
  return valid({ x: vertical, y: horizontal, unit: 'ratio' })
}

function valid(density: PixelDensity): PixelDensity | undefined {
  const isValid = [density.x, density.y].every((value) => Number.isInteger(value) && value >= 1 && value <= LARGEST)
  return isValid ? density : undefined
}
