/** A slice in the making: Hounsfield units on a grid of millimetres, the middle of the grid at (0, 0). */
export interface Canvas {
  /** Pixels of a side. */
  readonly size: number
  /** Millimetres of a pixel. */
  readonly spacing: number
  /** Row order. */
  readonly values: Float32Array
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

/** Gives a pixel its new value; `distance` is 0 in the middle of the shape and 1 at its edge. */
export type Shade = (distance: number, x: number, y: number, before: number) => number

/** Makes a canvas full of air. */
export function createCanvas(size: number, fieldOfView: number): Canvas {
  return { size, spacing: fieldOfView / size, values: new Float32Array(size * size).fill(-1000) }
}

/** Paints an ellipse over what is there. */
export function paintEllipse(canvas: Canvas, ellipse: Ellipse, shade: number | Shade): void {
  const { x, y, halfWidth, halfHeight, angle = 0 } = ellipse
  if (halfWidth <= 0 || halfHeight <= 0) return
  const cosine = Math.cos(angle)
  const sine = Math.sin(angle)
  const longest = Math.max(halfWidth, halfHeight)
  const reachX = angle === 0 ? halfWidth : longest
  const reachY = angle === 0 ? halfHeight : longest
  forPixels(canvas, { x, y, reachX, reachY }, (pixelX, pixelY, index) => {
    const along = ((pixelX - x) * cosine + (pixelY - y) * sine) / halfWidth
    const across = ((pixelY - y) * cosine - (pixelX - x) * sine) / halfHeight
    const square = along * along + across * across
    if (square > 1) return
    canvas.values[index] =
      typeof shade === 'number' ? shade : shade(Math.sqrt(square), pixelX, pixelY, canvas.values[index] ?? 0)
  })
}

/** Paints an upright ellipse whose sides are the flatter the higher its power; 2 is a plain one. */
export function paintSuperellipse(
  canvas: Canvas,
  shape: Omit<Ellipse, 'angle'> & { readonly power: number },
  shade: (x: number, y: number, before: number) => number,
): void {
  const { x, y, halfWidth, halfHeight, power } = shape
  let row = Number.NaN
  let reach = 0
  forPixels(canvas, { x, y, reachX: halfWidth, reachY: halfHeight }, (pixelX, pixelY, index) => {
    if (pixelY !== row) {
      row = pixelY
      reach = halfWidth * Math.max(0, 1 - (Math.abs(pixelY - y) / halfHeight) ** power) ** (1 / power)
    }
    if (Math.abs(pixelX - x) > reach) return
    canvas.values[index] = shade(pixelX, pixelY, canvas.values[index] ?? 0)
  })
}

/** Visits the pixels of a rectangle, of which only what lies on the canvas counts. */
export function forPixels(
  { size, spacing }: Canvas,
  area: { readonly x: number; readonly y: number; readonly reachX: number; readonly reachY: number },
  visit: (x: number, y: number, index: number) => void,
): void {
  const toPixel = (millimetres: number): number => millimetres / spacing + (size - 1) / 2
  const left = Math.max(0, Math.ceil(toPixel(area.x - area.reachX)))
  const right = Math.min(size - 1, Math.floor(toPixel(area.x + area.reachX)))
  const top = Math.max(0, Math.ceil(toPixel(area.y - area.reachY)))
  const bottom = Math.min(size - 1, Math.floor(toPixel(area.y + area.reachY)))
  for (let row = top; row <= bottom; row += 1) {
    const y = (row - (size - 1) / 2) * spacing
    for (let column = left; column <= right; column += 1) {
      visit((column - (size - 1) / 2) * spacing, y, row * size + column)
    }
  }
}

/** Blurs by the weights 1 2 1 in both directions: the partial volume of a scanner's edges. */
export function blur({ size, values }: Canvas): void {
  const horizontal = new Float32Array(values.length)
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
