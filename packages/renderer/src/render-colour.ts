import type { ImageDescription } from './image-description.ts'
import type { Picture } from './picture.ts'
import type { PixelArray } from './pixel-array.ts'
import { colourPicture, sampleTable } from './colour-samples.ts'

/** RGB, and what a decoder has turned into RGB (YBR_RCT, YBR_ICT). */
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
 * YBR_FULL (PS3.3 C.7.6.3.1.2), and YBR_FULL_422: either upsampled by its decoder to three samples a pixel, or
 * native with two luminances to a pair of chrominances (Y1 Y2 CB CR).
 */
export function renderYbrFull(pixels: PixelArray, image: ImageDescription, bits: 8 | 16): Picture {
  const picture = colourPicture(image, bits)
  const table = sampleTable(image.bitsStored, bits)
  const position = samplePosition(pixels, image)
  const { data } = picture
  const largest = table.length - 1
  const half = table.length / 2
  for (let i = 0; i < image.rows * image.columns; i++) {
    const luminance = (pixels[position.luminance(i)] ?? 0) & largest
    const blueness = ((pixels[position.blue(i)] ?? 0) & largest) - half
    const redness = ((pixels[position.red(i)] ?? 0) & largest) - half
    data[i * 3] = table[clamp(luminance + 1.402 * redness, largest)] ?? 0
    data[i * 3 + 1] = table[clamp(luminance - GREEN_BLUE * blueness - GREEN_RED * redness, largest)] ?? 0
    data[i * 3 + 2] = table[clamp(luminance + 1.772 * blueness, largest)] ?? 0
  }
  return picture
}

/** What blue and red chrominance take from green: the inverse of the luminance weights 0.299, 0.587 and 0.114. */
const GREEN_BLUE = (0.114 * 1.772) / 0.587
const GREEN_RED = (0.299 * 1.402) / 0.587

interface SamplePosition {
  readonly luminance: (pixel: number) => number
  readonly blue: (pixel: number) => number
  readonly red: (pixel: number) => number
}

function samplePosition(pixels: PixelArray, image: ImageDescription): SamplePosition {
  const count = image.rows * image.columns
  if (pixels.length < count * 3) {
    return {
      luminance: (pixel) => (pixel >>> 1) * 4 + (pixel & 1),
      blue: (pixel) => (pixel >>> 1) * 4 + 2,
      red: (pixel) => (pixel >>> 1) * 4 + 3,
    }
  }
  if (image.planarConfiguration === 1) {
    return { luminance: (pixel) => pixel, blue: (pixel) => count + pixel, red: (pixel) => 2 * count + pixel }
  }
  return { luminance: (pixel) => pixel * 3, blue: (pixel) => pixel * 3 + 1, red: (pixel) => pixel * 3 + 2 }
}

function clamp(value: number, largest: number): number {
  return Math.min(Math.max(Math.round(value), 0), largest)
}
