import type { PixelArray } from '@ahi-dicom/dicom-standard'
import type { ImageDescription, LookupTable } from '../describe/image-description.ts'
import { RenderError } from '../errors.ts'
import { colourPicture, scaleSample } from './colour-samples.ts'
import { lookUp } from './look-up.ts'
import type { Picture } from './picture.ts'
import { storedRange, valueAtIndex, type StoredRange } from './stored-values.ts'

/**
 * Renders PALETTE COLOR (PS3.3 C.7.6.3.1.5). If all entries of 16-bit tables fit 8 bits, the tables count as 8-bit
 * tables.
 */
export function renderPalette(pixels: PixelArray, image: ImageDescription, bits: 8 | 16): Picture {
  const { palette } = image
  const range = storedRange(pixels, image)
  if (palette === undefined || range === undefined) {
    throw new RenderError(
      'RENDER_PALETTE_MISSING',
      'Cannot render PALETTE COLOR image: it needs red, green and blue tables, and samples of at most 16 bits. ' +
        'Export the instance as DICOM instead.',
    )
  }
  const channels = [palette.red, palette.green, palette.blue]
  const entryBits = channels.every(({ entries }) => entries.every((entry) => entry < 256)) ? 8 : 16
  const picture = colourPicture(image, bits)
  channels.forEach((table, channel) => {
    const colours = channelTable(table, range, (entry) => scaleSample(entry, entryBits, bits))
    for (let i = 0; i < image.rows * image.columns; i++) {
      picture.data[i * 3 + channel] = colours[(pixels[i] ?? 0) & range.mask] ?? 0
    }
  })
  return picture
}

function channelTable(table: LookupTable, range: StoredRange, scale: (entry: number) => number): Uint16Array {
  const colours = new Uint16Array(range.mask + 1)
  for (let index = 0; index <= range.mask; index++) colours[index] = scale(lookUp(table, valueAtIndex(range, index)))
  return colours
}
