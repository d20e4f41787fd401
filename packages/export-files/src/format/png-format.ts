import { encodePicture } from '@ahi-dicom/renderer'
import type { PixelDensity, RenderedFrame, RenderOptions } from '@ahi-dicom/renderer'
import { resizePicture } from '../pictures/encode-with-sharp.ts'
import { loadSharp } from '../pictures/load-sharp.ts'
import type { Format } from './format.ts'
import { pictureFormat } from './picture-format.ts'
import type { PictureFormatOptions } from './picture-format.ts'

/** Options of {@link pngFormat}: how frames are rendered, and which. A `size` needs the optional package `sharp`. */
export interface PngFormatOptions extends PictureFormatOptions, Pick<RenderOptions, 'bits'> {}

/** What Deflate and chunks add to bytes that cannot be compressed. */
const mostPerByte = 1.02

/**
 * Makes the format of PNGs, one of each frame.
 *
 * @throws {TypeError} for `frames` that no instance can have, or a `size` that no picture can have
 * @throws {SharpError} if there is a `size` and `sharp` cannot be used
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

/** A resized picture has fewer pixels per metre. */
function densityOf(
  density: PixelDensity,
  { picture, resized }: { readonly picture: RenderedFrame['picture']; readonly resized: RenderedFrame['picture'] },
): PixelDensity {
  if (density.unit === 'ratio') return density
  const x = Math.max(1, Math.round((density.x * resized.width) / picture.width))
  const y = Math.max(1, Math.round((density.y * resized.height) / picture.height))
  return { x, y, unit: 'metre' }
}
