import { RenderError } from './errors.ts'
import type { ImageDescription } from './image-description.ts'
import type { Picture } from './picture.ts'
import type { PixelArray } from './pixel-array.ts'
import { renderRgb, renderYbrFull } from './render-colour.ts'
import { renderGrey } from './render-grey.ts'
import { renderPalette } from './render-palette.ts'
import type { RenderOptions } from './render-options.ts'
import { unpackBits } from './stored-values.ts'

/**
 * Renders one frame as PS3.3 C.11 has it: modality LUT, VOI LUT or window, presentation LUT shape; colour as RGB.
 *
 * @throws RenderError where the pixels are fewer than the description says, or the photometric interpretation is not
 *   one of MONOCHROME1, MONOCHROME2, PALETTE COLOR, RGB, YBR_FULL, YBR_FULL_422, YBR_RCT, YBR_ICT
 */
export function renderFrame(pixels: PixelArray, image: ImageDescription, options: RenderOptions = {}): Picture {
  const samples = frameSamples(pixels, image)
  const bits = options.bits ?? 8
  switch (image.photometricInterpretation) {
    case 'MONOCHROME1':
    case 'MONOCHROME2':
      return renderGrey(samples, image, options)
    case 'PALETTE COLOR':
      return renderPalette(samples, image, bits)
    case 'RGB':
    case 'YBR_RCT':
    case 'YBR_ICT':
      return renderRgb(samples, image, bits)
    case 'YBR_FULL':
    case 'YBR_FULL_422':
      return renderYbrFull(samples, image, bits)
    default:
      throw new RenderError(
        'RENDER_PHOTOMETRIC_INTERPRETATION_UNSUPPORTED',
        `Cannot render frame: its photometric interpretation is "${image.photometricInterpretation}"`,
      )
  }
}

const SAMPLES_PER_PIXEL: Readonly<Record<string, number>> = {
  RGB: 3,
  YBR_RCT: 3,
  YBR_ICT: 3,
  YBR_FULL: 3,
  YBR_FULL_422: 3,
}

/** Exactly the samples of the frame; bits packed eight to a byte are unpacked. */
function frameSamples(pixels: PixelArray, image: ImageDescription): PixelArray {
  const { rows, columns, photometricInterpretation } = image
  const expected = SAMPLES_PER_PIXEL[photometricInterpretation] ?? 1
  const count = rows * columns * expected
  if (image.samplesPerPixel !== expected || !(count > 0)) throw pixelCountMismatch(pixels, image)
  if (pixels.length === count) return pixels
  if (pixels.length > count) return pixels.subarray(0, count)
  if (photometricInterpretation === 'YBR_FULL_422' && pixels.length >= rows * columns * 2) return pixels
  if (image.bitsStored === 1 && pixels instanceof Uint8Array && pixels.length >= Math.ceil(count / 8)) {
    return unpackBits(pixels, count)
  }
  throw pixelCountMismatch(pixels, image)
}

function pixelCountMismatch(pixels: PixelArray, image: ImageDescription): RenderError {
  const { rows, columns, samplesPerPixel, photometricInterpretation } = image
  return new RenderError(
    'RENDER_PIXEL_COUNT_MISMATCH',
    `Cannot render frame: ${pixels.length} samples do not make ${columns} x ${rows} pixels of ${samplesPerPixel} ` +
      `samples, ${photometricInterpretation}`,
  )
}
