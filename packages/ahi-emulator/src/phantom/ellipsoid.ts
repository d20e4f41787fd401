import { paintEllipse, type Canvas, type Ellipse } from './canvas.ts'

/** A round organ in millimetres: x to the patient's left, y to the back, z to the head. */
export interface Ellipsoid {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly halfWidth: number
  readonly halfDepth: number
  readonly halfHeight: number
  readonly angle?: number
}

/** Paints the cross-section of an organ of one tissue. */
export function paintSection(canvas: Canvas, ellipsoid: Ellipsoid, height: number, value: number): void {
  const section = sectionOf(ellipsoid, height)
  if (section !== undefined) paintEllipse(canvas, section, value)
}

/** Returns the ellipse where a slice cuts an ellipsoid, or `undefined` if it does not. */
export function sectionOf(ellipsoid: Ellipsoid, height: number): Required<Ellipse> | undefined {
  const { x, y, z, halfWidth, halfDepth, halfHeight, angle = 0 } = ellipsoid
  const rest = 1 - ((height - z) / halfHeight) ** 2
  if (rest <= 0) return undefined
  const scale = Math.sqrt(rest)
  return { x, y, halfWidth: halfWidth * scale, halfHeight: halfDepth * scale, angle }
}

/** Returns true if a point of a slice is well inside an organ. */
export function isInside(ellipsoid: Ellipsoid, x: number, y: number, height: number): boolean {
  const section = sectionOf(ellipsoid, height)
  if (section === undefined) return false
  return ((x - section.x) / section.halfWidth) ** 2 + ((y - section.y) / section.halfHeight) ** 2 < 0.9
}
