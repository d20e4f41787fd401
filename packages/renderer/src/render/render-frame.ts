import type { PixelArray } from '@ahi-dicom/dicom-standard'
import type { ImageDescription } from '../describe/image-description.ts'
import { RenderError } from '../errors.ts'
import { drawOverlays } from './draw-overlays.ts'
import type { Picture } from './picture.ts'
import { renderRgb, renderYbr } from './render-colour.ts'
import { keepsStoredValues, ownRange, renderGrey, type ValueRange } from './render-grey.ts'
import type { RenderOptions } from './render-options.ts'
import { renderPalette } from './render-palette.ts'
import { unpackBits } from './stored-values.ts'
import { valueSamples } from './value-samples.ts'

/**
 * Renders one frame by PS3.3 C.11: modality LUT, VOI LUT or window, presentation LUT shape. Colour becomes RGB.
 *
 * @throws {RenderError} if there are fewer pixels than the description says, if the photometric interpretation is not
 *   MONOCHROME1, MONOCHROME2, PALETTE COLOR, RGB, YBR_RCT, YBR_ICT, YBR_FULL, YBR_FULL_422, YBR_PARTIAL_420 or
 *   YBR_PARTIAL_422, if a palette is missing, or if the window of the options is not valid
 * @example
 * import { renderFrame } from '@ahi-dicom/renderer'
 *
 * const picture = renderFrame(Int16Array.of(-1000, 40, 240, 3000), {
 *   rows: 2,
 *   columns: 2,
 *   samplesPerPixel: 1,
 *   photometricInterpretation: 'MONOCHROME2',
 *   bitsStored: 16,
 *   pixelRepresentation: 1,
 *   windowCenter: [40],
 *   windowWidth: [400],
 * })
 * console.log(picture.data[0], picture.data[3]) // 0 255
 */
export function renderFrame(pixels: PixelArray, image: ImageDescription, options: RenderOptions = {}): Picture {
  const samples = frameSamples(pixels, image)
  const picture = renderSamples(valueSamples(samples, image), image, options)
  if (options.overlays === true && image.overlays !== undefined) {
    const bits = keepsStoredValues(samples, image, options) ? image.bitsStored : picture.bits
    drawOverlays(picture, { overlays: image.overlays, samples, white: 2 ** Math.min(bits, picture.bits) - 1 })
  }
  return picture
}

/**
 * Returns the range of modality values that {@link renderFrame} shows a grey frame with if it has no window, no VOI LUT, and
 * no grey levels of up to 8 bits. Returns undefined for other frames. Use one range for all frames of a series, so that they
 * do not flicker.
 *
 * @throws {RenderError} if there are fewer pixels than the description says
 * @example
 * import { describeImage, greyRange } from '@ahi-dicom/renderer'
 *
 * const range = greyRange(await instance.frame(0), describeImage(instance.attributes, 0))
 * if (range !== undefined) console.log(range.smallest, range.largest)
 */
export function greyRange(pixels: PixelArray, image: ImageDescription): ValueRange | undefined {
  if (!image.photometricInterpretation.startsWith('MONOCHROME')) return undefined
  return ownRange(valueSamples(frameSamples(pixels, image), image), image)
}

function renderSamples(samples: PixelArray, image: ImageDescription, options: RenderOptions): Picture {
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
    case 'YBR_PARTIAL_420':
    case 'YBR_PARTIAL_422':
      return renderYbr(samples, image, bits)
    default:
      throw new RenderError(
        'RENDER_PHOTOMETRIC_INTERPRETATION_UNSUPPORTED',
        `Cannot render frame: its photometric interpretation "${image.photometricInterpretation}" is not supported. ` +
          'Export the instance as DICOM instead.',
      )
  }
}

const samplesByInterpretation: Readonly<Record<string, number>> = {
  RGB: 3,
  YBR_RCT: 3,
  YBR_ICT: 3,
  YBR_FULL: 3,
  YBR_FULL_422: 3,
  YBR_PARTIAL_420: 3,
  YBR_PARTIAL_422: 3,
}

/** Returns exactly the samples of the frame. Unpacks bits that are packed eight to a byte. */
function frameSamples(pixels: PixelArray, image: ImageDescription): PixelArray {
  const { rows, columns, photometricInterpretation } = image
  const expected = samplesByInterpretation[photometricInterpretation] ?? 1
  const count = rows * columns * expected
  if (image.samplesPerPixel !== expected || !(count > 0)) throw pixelCountMismatch(pixels, image)
  if (pixels.length === count) return pixels
  if (pixels.length > count) return pixels.subarray(0, count)
  if (photometricInterpretation.endsWith('_422') && pixels.length >= Math.ceil((rows * columns) / 2) * 4) return pixels
  if (image.bitsStored === 1 && pixels instanceof Uint8Array && pixels.length >= Math.ceil(count / 8)) {
    return unpackBits(pixels, count)
  }
  throw pixelCountMismatch(pixels, image)
}

function pixelCountMismatch(pixels: PixelArray, image: ImageDescription): RenderError {
  const { rows, columns, samplesPerPixel, photometricInterpretation } = image
  return new RenderError(
    'RENDER_PIXEL_COUNT_MISMATCH',
    `Cannot render frame: ${columns} x ${rows} pixels of ${samplesPerPixel} samples, ${photometricInterpretation}, ` +
      `do not match its ${pixels.length} samples. Check Rows, Columns and Samples per Pixel.`,
  )
}
