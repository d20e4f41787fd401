import { encodePicture } from '@ahi-dicom/renderer'
import type { PixelDensity, RenderedFrame, RenderOptions } from '@ahi-dicom/renderer'
import { resizePicture } from '../pictures/encode-with-sharp.ts'
import { loadSharp } from '../pictures/load-sharp.ts'
import type { Format } from './format.ts'
import { pictureFormat } from './picture-format.ts'
import type { PictureFormatOptions } from './picture-format.ts'

/** Options of {@link pngFormat}. A `size` needs the optional package `sharp`. */
export interface PngFormatOptions extends PictureFormatOptions, Pick<RenderOptions, 'bits'> {}

/** Largest file size per byte of samples: Deflate and chunks add up to 2 % to bytes that cannot be compressed. */
const mostPerByte = 1.02

/**
 * Creates the format for PNGs, one of each frame.
 *
 * @throws {TypeError} if `frames` or `size` is not valid
 * @throws {SharpError} if `size` is set and `sharp` cannot be used
 * @example
 * import { pngFormat } from '@ahi-dicom/export-files'
 *
 * const formats = [pngFormat({ window: { center: 40, width: 400 } })]
 * await exporter.exportTo({ datastoreId, selectors: 'all', destination, formats })
 */
export function pngFormat(options: PngFormatOptions = {}): Format {
  const { size } = options
  const parts = { name: 'png', mediaType: 'image/png', options, mostPerByte } as const
  if (size === undefined) {
    return pictureFormat({ ...parts, encode: ({ picture, density }) => encodePicture(picture, { density }) })
  }
  const sharp = loadSharp()
  return pictureFormat({
    ...parts,
    async encode({ picture, density }) {
      const resized = await resizePicture(sharp, picture, size)
      return encodePicture(resized, { density: density && densityOf(density, { picture, resized }) })
    },
  })
}

/** Returns the pixel density of a resized picture, which has fewer pixels per metre. */
function densityOf(
  density: PixelDensity,
  { picture, resized }: { readonly picture: RenderedFrame['picture']; readonly resized: RenderedFrame['picture'] },
): PixelDensity {
  if (density.unit === 'ratio') return density
  const x = Math.max(1, Math.round((density.x * resized.width) / picture.width))
  const y = Math.max(1, Math.round((density.y * resized.height) / picture.height))
  return { x, y, unit: 'metre' }
}
