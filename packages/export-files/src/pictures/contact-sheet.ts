import { fittingSize, scalePicture } from '@ahi-dicom/renderer'
import type { Picture } from '@ahi-dicom/renderer'
import { drawText, fittingLength, lineHeight, shortened, textWidth } from './draw-text.ts'
import type { Canvas, TextPlace } from './draw-text.ts'

/** Arrangement of the tiles of a sheet. */
export interface SheetLayout {
  /** Lines above the tiles, with characters of the font only. */
  readonly header: readonly string[]
  readonly columns: number
  readonly rows: number
  /** Size of the largest picture, in pixels. */
  readonly tileWidth: number
  readonly tileHeight: number
}

/** A sheet of pictures in rows and columns, with a label below each. */
export interface ContactSheet {
  /**
   * Draws a picture and its label. `index` is the zero-based tile, row by row. A picture that is too large is scaled
   * down.
   */
  draw(index: number, picture: Picture, label: string): void
  /** Returns the sheet. It is grey unless one of its pictures is in colour. */
  picture(): Picture
}

const margin = 8
/** Size of a dot of the font in pixels. */
const scale = 2
const headerLevel = 255
const labelLevel = 190
/** Smallest width of a tile in pixels, enough for 22 characters in the smallest font. */
const leastTileWidth = 132

/** Largest width for the header in pixels. A sheet with few tiles is widened for its header up to this. */
const mostHeaderWidth = 1600

/** Returns the size of a sheet in pixels. */
export function sheetSize({ header, columns, rows, tileWidth, tileHeight }: SheetLayout): {
  readonly width: number
  readonly height: number
} {
  const cell = cellSize({ tileWidth, tileHeight })
  const longest = Math.max(0, ...header.map((text) => textWidth(text, 1)))
  return {
    width: Math.max(margin + columns * (cell.width + margin), margin + Math.min(longest, mostHeaderWidth) + margin),
    height: margin + header.length * lineHeight * scale + rows * cell.height,
  }
}

/** Creates a black sheet with its header. All of its pixels are in memory. */
export function createContactSheet(layout: SheetLayout): ContactSheet {
  const { header, columns, tileWidth, tileHeight } = layout
  const { width, height } = sheetSize(layout)
  const cell = cellSize(layout)
  const top = margin + header.length * lineHeight * scale
  let canvas: Canvas = { width, height, channels: 1, data: new Uint8Array(width * height) }
  for (const [line, text] of header.entries()) {
    const place = { x: margin, y: margin + line * lineHeight * scale, level: headerLevel }
    drawFitting(canvas, text, { ...place, width: width - 2 * margin })
  }
  return {
    draw(index, picture, label) {
      if (picture.channels === 3) canvas = inColour(canvas)
      const x = margin + (index % columns) * (cell.width + margin)
      const y = top + Math.floor(index / columns) * cell.height
      drawPicture(canvas, fitted(picture, { tileWidth, tileHeight }), { x, y })
      drawFitting(canvas, label, { x, y: y + tileHeight + margin / 2, level: labelLevel, width: cell.width })
    },
    picture: () => ({ ...canvas, bits: 8 }),
  }
}

/** Draws a text. If it does not fit, uses a smaller font, then shortens it. */
function drawFitting(
  canvas: Canvas,
  text: string,
  { width, ...place }: Omit<TextPlace, 'scale'> & { readonly width: number },
): void {
  const smaller = textWidth(text, scale) <= width ? scale : 1
  drawText(canvas, shortened(text, fittingLength(width, smaller)), { ...place, scale: smaller })
}

/** Returns the size of a tile with its label and the space around it. */
function cellSize({ tileWidth, tileHeight }: Pick<SheetLayout, 'tileWidth' | 'tileHeight'>): {
  readonly width: number
  readonly height: number
} {
  return { width: Math.max(tileWidth, leastTileWidth), height: tileHeight + margin / 2 + lineHeight * scale + margin }
}

function fitted(picture: Picture, { tileWidth, tileHeight }: Pick<SheetLayout, 'tileWidth' | 'tileHeight'>): Picture {
  const usual = fittingSize(picture, Math.max(tileWidth, tileHeight))
  if (usual.width <= tileWidth && usual.height <= tileHeight) return scalePicture(picture, usual)
  const factor = Math.min(tileWidth / picture.width, tileHeight / picture.height)
  return scalePicture(picture, fittingSize(picture, Math.max(picture.width, picture.height) * factor))
}

/** Copies a picture to the canvas. Converts grey to RGB if the canvas is in colour. */
function drawPicture(canvas: Canvas, picture: Picture, { x, y }: { readonly x: number; readonly y: number }): void {
  const { width, height, channels, data } = picture
  const samples = channels === canvas.channels ? data : tripled(data)
  const length = width * canvas.channels
  for (let row = 0; row < height; row++) {
    canvas.data.set(
      samples.subarray(row * length, (row + 1) * length),
      ((y + row) * canvas.width + x) * canvas.channels,
    )
  }
}

function inColour(canvas: Canvas): Canvas {
  return canvas.channels === 3 ? canvas : { ...canvas, channels: 3, data: tripled(canvas.data) }
}

function tripled(grey: Picture['data']): Uint8Array {
  const colour = new Uint8Array(grey.length * 3)
  for (let at = 0; at < grey.length; at++) colour.fill(grey[at] ?? 0, at * 3, at * 3 + 3)
  return colour
}
