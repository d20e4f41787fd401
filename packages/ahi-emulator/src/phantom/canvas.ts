/** A slice to paint on: Hounsfield units on a grid in millimetres, with (0, 0) in its centre. */
export interface Canvas {
  /** Pixels per side. */
  readonly size: number
  /** Millimetres per pixel. */
  readonly spacing: number
  /** In row order. */
  readonly values: Float32Array
  /** Working memory of {@link blur}, of the same size. */
  readonly scratch: Float32Array
}

/** An ellipse in millimetres. */
export interface Ellipse {
  readonly x: number
  readonly y: number
  readonly halfWidth: number
  readonly halfHeight: number
  /** Radians, clockwise on the screen. Default 0. */
  readonly angle?: number
}

/** Returns the new value of a pixel. `distance` is 0 in the centre of the shape and 1 at its edge. */
export type Shade = (distance: number, x: number, y: number, before: number) => number

const hounsfieldOfAir = -1000

/** Creates a canvas filled with air. */
export function createCanvas(size: number, fieldOfView: number): Canvas {
  const values = new Float32Array(size * size).fill(hounsfieldOfAir)
  return { size, spacing: fieldOfView / size, values, scratch: new Float32Array(values.length) }
}

/** Fills a canvas with air again. */
export function clearCanvas({ values }: Canvas): void {
  values.fill(hounsfieldOfAir)
}

/** Paints an ellipse over the existing values. */
export function paintEllipse(canvas: Canvas, ellipse: Ellipse, shade: number | Shade): void {
  const { values, spacing } = canvas
  const { x, y, halfWidth, halfHeight, angle = 0 } = ellipse
  if (halfWidth <= 0 || halfHeight <= 0) return
  const cosine = Math.cos(angle)
  const sine = Math.sin(angle)
  const longest = Math.max(halfWidth, halfHeight)
  const reach = { x: angle === 0 ? halfWidth : longest, y: angle === 0 ? halfHeight : longest }
  for (const row of rowsWithin(canvas, y, reach.y)) {
    const { start, end, left } = spanWithin(canvas, row, x, reach.x)
    for (let index = start; index < end; index += 1) {
      const pixelX = left + (index - start) * spacing
      const along = ((pixelX - x) * cosine + (row.y - y) * sine) / halfWidth
      const across = ((row.y - y) * cosine - (pixelX - x) * sine) / halfHeight
      const square = along * along + across * across
      if (square > 1) continue
      values[index] = typeof shade === 'number' ? shade : shade(Math.sqrt(square), pixelX, row.y, values[index] ?? 0)
    }
  }
}

/** Paints an upright superellipse. Higher powers have flatter sides; 2 is an ordinary ellipse. */
export function paintSuperellipse(
  canvas: Canvas,
  shape: Omit<Ellipse, 'angle'> & { readonly power: number },
  shade: number | ((x: number, y: number, before: number) => number),
): void {
  const { values, spacing } = canvas
  const { x, y, halfWidth, halfHeight, power } = shape
  for (const row of rowsWithin(canvas, y, halfHeight)) {
    const reach = halfWidth * Math.max(0, 1 - (Math.abs(row.y - y) / halfHeight) ** power) ** (1 / power)
    const { start, end, left } = spanWithin(canvas, row, x, reach)
    if (typeof shade === 'number') {
      values.fill(shade, start, end)
      continue
    }
    for (let index = start; index < end; index += 1) {
      values[index] = shade(left + (index - start) * spacing, row.y, values[index] ?? 0)
    }
  }
}

/** A row of a canvas: the index of its first pixel, and its y coordinate in millimetres. */
export interface CanvasRow {
  readonly index: number
  readonly y: number
}

/** Returns the rows whose centres are within `reach` of `y`. */
export function rowsWithin({ size, spacing }: Canvas, y: number, reach: number): CanvasRow[] {
  const middle = (size - 1) / 2
  const top = Math.max(0, Math.ceil((y - reach) / spacing + middle))
  const bottom = Math.min(size - 1, Math.floor((y + reach) / spacing + middle))
  const rows: CanvasRow[] = []
  for (let row = top; row <= bottom; row += 1) rows.push({ index: row * size, y: (row - middle) * spacing })
  return rows
}

/** Returns the pixels of a row whose centres are within `reach` of `x`. `left` is the x coordinate of the first one. */
export function spanWithin(
  { size, spacing }: Canvas,
  row: CanvasRow,
  x: number,
  reach: number,
): { readonly start: number; readonly end: number; readonly left: number } {
  const middle = (size - 1) / 2
  const first = Math.max(0, Math.ceil((x - reach) / spacing + middle))
  const last = Math.min(size - 1, Math.floor((x + reach) / spacing + middle))
  return { start: row.index + first, end: row.index + last + 1, left: (first - middle) * spacing }
}

/** Blurs with the weights 1 2 1 in both directions, like the partial volume effect at edges. */
export function blur({ size, values, scratch: horizontal }: Canvas): void {
  for (let index = 0; index < values.length; index += 1) {
    const column = index % size
    const left = values[column === 0 ? index : index - 1] ?? 0
    const right = values[column === size - 1 ? index : index + 1] ?? 0
    horizontal[index] = (left + 2 * (values[index] ?? 0) + right) / 4
  }
  for (let index = 0; index < values.length; index += 1) {
    const above = horizontal[index < size ? index : index - size] ?? 0
    const below = horizontal[index >= values.length - size ? index : index + size] ?? 0
    values[index] = (above + 2 * (horizontal[index] ?? 0) + below) / 4
  }
}
