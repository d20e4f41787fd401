import { fittingSize, scalePicture } from '@ahi-dicom/renderer'
import type { Picture } from '@ahi-dicom/renderer'
import { drawText, fittingLength, lineHeight, shortened, textWidth } from './draw-text.ts'
import type { Canvas, TextPlace } from './draw-text.ts'

/** How the tiles of a sheet lie. */
export interface SheetLayout {
  /** Lines above the tiles, in the characters of the font. */
  readonly header: readonly string[]
  readonly columns: number
  readonly rows: number
  /** Size of the largest picture, in pixels. */
  readonly tileWidth: number
  readonly tileHeight: number
}

/** A sheet of pictures in rows and columns, with a label below each. */
export interface ContactSheet {
  /** Draws a picture and its label at a place, counted from 0 row by row. A picture that is too large is scaled. */
  draw(index: number, picture: Picture, label: string): void
  /** Returns the sheet: grey, or in colour if one of its pictures is. */
  picture(): Picture
}

const margin = 8
/** Pixels of a dot of the font. */
const scale = 2
const headerLevel = 255
const labelLevel = 190
/** Smaller tiles have room for a label of 22 characters in the smallest font. */
const leastTileWidth = 132

/** Sheets of few tiles are as wide as their header in the smallest font, but not wider than this. */
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

/** Makes a black sheet with its header. All of its pixels are in memory. */
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

/** Draws a text in a smaller font, or its beginning, if it does not fit. */
function drawFitting(
  canvas: Canvas,
  text: string,
  { width, ...place }: Omit<TextPlace, 'scale'> & { readonly width: number },
): void {
  const smaller = textWidth(text, scale) <= width ? scale : 1
  drawText(canvas, shortened(text, fittingLength(width, smaller)), { ...place, scale: smaller })
}

/** A tile with its label and the room around it. */
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

/** Copies a picture. Grey becomes red, green and blue in a canvas of colour. */
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
