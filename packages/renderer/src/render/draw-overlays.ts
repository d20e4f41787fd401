import type { PixelArray } from '@ahi-dicom/dicom-standard'
import type { EmbeddedOverlay, Overlay, OverlayBitmap } from '../describe/image-description.ts'
import type { Picture } from './picture.ts'

/** Options of {@link drawOverlays}. */
export interface OverlayDrawing {
  readonly overlays: readonly Overlay[]
  /** The samples as read, with the bits that are not part of their values. */
  readonly samples: PixelArray
  /** The level of graphics. */
  readonly white: number
}

/**
 * Draws overlays into a picture as dcmtk does by default. Graphics are white, also in inverted pictures. For a region of
 * interest, the part of its rectangle outside the region is darkened. The standard does not say how to draw overlays.
 */
export function drawOverlays(picture: Picture, { overlays, samples, white }: OverlayDrawing): void {
  for (const overlay of overlays) {
    const paint = overlay.type === 'R' ? regionPainter(picture) : graphicsPainter(picture, white)
    if ('bitPosition' in overlay) paintEmbedded(samples, overlay, paint)
    else paintBitmap(picture, overlay, paint)
  }
}

type Painter = (pixel: number, isSet: boolean) => void

function graphicsPainter({ data, channels }: Picture, white: number): Painter {
  return (pixel, isSet) => {
    if (!isSet) return
    for (let i = pixel * channels; i < (pixel + 1) * channels; i++) data[i] = white
  }
}

function regionPainter({ data, channels }: Picture): Painter {
  return (pixel, isSet) => {
    if (isSet) return
    for (let i = pixel * channels; i < (pixel + 1) * channels; i++) data[i] = (data[i] ?? 0) >>> 4
  }
}

function paintEmbedded(samples: PixelArray, { bitPosition }: EmbeddedOverlay, paint: Painter): void {
  if (samples instanceof Float32Array || samples instanceof Float64Array) return
  for (let pixel = 0; pixel < samples.length; pixel++) paint(pixel, (((samples[pixel] ?? 0) >>> bitPosition) & 1) === 1)
}

/** Skips points outside the picture and past the end of the data. */
function paintBitmap({ width, height }: Picture, overlay: OverlayBitmap, paint: Painter): void {
  const { rows, columns, origin, data, firstBit = 0 } = overlay
  const [top, left] = [origin[0] - 1, origin[1] - 1]
  const [lastRow, lastColumn] = [Math.min(rows, height - top), Math.min(columns, width - left)]
  for (let row = Math.max(0, -top); row < lastRow; row++) {
    for (let column = Math.max(0, -left); column < lastColumn; column++) {
      const bit = firstBit + row * columns + column
      const byte = data[Math.floor(bit / 8)]
      if (byte === undefined) return
      paint((top + row) * width + left + column, ((byte >>> (bit % 8)) & 1) === 1)
    }
  }
}
