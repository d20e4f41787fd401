import type { PixelArray } from '@ahi-dicom/dicom-standard'
import type { ImageDescription } from '../describe/image-description.ts'
import { colourPicture, sampleTable } from './colour-samples.ts'
import type { Picture } from './picture.ts'

/** Renders RGB, and YBR_RCT and YBR_ICT, which decoders convert to RGB. */
export function renderRgb(pixels: PixelArray, image: ImageDescription, bits: 8 | 16): Picture {
  const picture = colourPicture(image, bits)
  const table = sampleTable(image.bitsStored, bits)
  const mask = table.length - 1
  const { data } = picture
  if (image.planarConfiguration !== 1) {
    for (let i = 0; i < data.length; i++) data[i] = table[(pixels[i] ?? 0) & mask] ?? 0
    return picture
  }
  const planeLength = image.rows * image.columns
  for (let channel = 0; channel < 3; channel++) {
    const plane = channel * planeLength
    for (let i = 0; i < planeLength; i++) data[i * 3 + channel] = table[(pixels[plane + i] ?? 0) & mask] ?? 0
  }
  return picture
}

/**
 * Renders YBR_FULL and YBR_PARTIAL (PS3.3 C.7.6.3.1.2). A 4:2:2 frame has three samples a pixel if its decoder
 * upsampled it. As stored natively, it has two luminances for each pair of chrominances (Y1 Y2 CB CR).
 */
export function renderYbr(pixels: PixelArray, image: ImageDescription, bits: 8 | 16): Picture {
  const picture = colourPicture(image, bits)
  const table = sampleTable(image.bitsStored, bits)
  const largest = table.length - 1
  const { black, luminanceScale, chrominanceScale } = componentRange(table.length, image)
  const half = table.length / 2
  const { samples, step, blueness, redness } = fullResolution(pixels, image)
  const { data } = picture
  for (let i = 0, at = 0; i < data.length; i += 3, at += step) {
    const y = (((samples[at] ?? 0) & largest) - black) * luminanceScale
    const cb = (((samples[at + blueness] ?? 0) & largest) - half) * chrominanceScale
    const cr = (((samples[at + redness] ?? 0) & largest) - half) * chrominanceScale
    data[i] = table[clamp(y + 1.402 * cr, largest)] ?? 0
    data[i + 1] = table[clamp(y - greenFromBlue * cb - greenFromRed * cr, largest)] ?? 0
    data[i + 2] = table[clamp(y + 1.772 * cb, largest)] ?? 0
  }
  return picture
}

/** Shares of blue and red chrominance in green: the inverse of the luminance weights 0.299, 0.587 and 0.114. */
const greenFromBlue = (0.114 * 1.772) / 0.587
const greenFromRed = (0.299 * 1.402) / 0.587

interface ComponentRange {
  readonly black: number
  readonly luminanceScale: number
  readonly chrominanceScale: number
}

/**
 * Returns the range of the components. YBR_FULL uses all levels. YBR_PARTIAL, with 256 levels, uses 219 from 16 on for
 * luminance and 224 for chrominance.
 */
function componentRange(levels: number, { photometricInterpretation }: ImageDescription): ComponentRange {
  if (!photometricInterpretation.startsWith('YBR_PARTIAL')) return { black: 0, luminanceScale: 1, chrominanceScale: 1 }
  return { black: levels / 16, luminanceScale: 255 / 219, chrominanceScale: 255 / 224 }
}

/**
 * Positions of a pixel's components: `step` is the distance between luminances, the others from luminance to
 * chrominance.
 */
interface Components {
  readonly samples: PixelArray
  readonly step: number
  readonly blueness: number
  readonly redness: number
}

function fullResolution(pixels: PixelArray, image: ImageDescription): Components {
  const count = image.rows * image.columns
  if (pixels.length < count * 3) return { samples: upsampled(pixels, count), step: 3, blueness: 1, redness: 2 }
  if (image.planarConfiguration === 1) return { samples: pixels, step: 1, blueness: count, redness: 2 * count }
  return { samples: pixels, step: 3, blueness: 1, redness: 2 }
}

/** Converts Y1 Y2 CB CR to Y1 CB CR Y2 CB CR. */
function upsampled(pixels: PixelArray, count: number): PixelArray {
  const samples = new Uint16Array(count * 3)
  for (let pixel = 0; pixel < count; pixel++) {
    const pair = (pixel >>> 1) * 4
    samples[pixel * 3] = pixels[pair + (pixel & 1)] ?? 0
    samples[pixel * 3 + 1] = pixels[pair + 2] ?? 0
    samples[pixel * 3 + 2] = pixels[pair + 3] ?? 0
  }
  return samples
}

function clamp(value: number, largest: number): number {
  const rounded = (value + 0.5) | 0
  return rounded < 0 ? 0 : rounded > largest ? largest : rounded
}
