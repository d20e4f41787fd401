import type { Random } from '../random.ts'
import { paintEllipse, paintSuperellipse, type Canvas } from './canvas.ts'
import { sectionOf } from './ellipsoid.ts'
import { paintVesselSegment } from './paint-vessel.ts'
import { tissue } from './tissue.ts'
import { growVesselTree, type VesselSegment } from './vessel-tree.ts'

/** The space inside the ribs. */
export type Cavity = Parameters<typeof paintSuperellipse>[1]

/** Height of the top of the diaphragm, in millimetres. */
const diaphragmHeight = 200

/** Generates the vessels of both lungs. */
export function createLungVessels(random: Random): VesselSegment[] {
  return [1, -1].flatMap((side) => lungVessels(side, random))
}

/** Paints the lungs, above the diaphragm and beside the mediastinum. Their backs are denser, because blood sinks. */
export function paintLungs(
  lungVessels: readonly VesselSegment[],
  canvas: Canvas,
  slice: { readonly cavity: Cavity; readonly height: number },
): void {
  const { cavity, height } = slice
  if (height < diaphragmHeight - 130) return
  const lung = { ...cavity, halfWidth: cavity.halfWidth - 2, halfHeight: cavity.halfHeight - 2 }
  paintSuperellipse(canvas, lung, (x, y, before) => (isLung(x, y, height) ? tissue.lung + 0.5 * y : before))
  const isInLung = (x: number, y: number): boolean => isLung(x, y, height)
  for (const vessel of lungVessels) paintVesselSegment(canvas, vessel, height, { value: 30, isInside: isInLung })
}

/** Paints the heart, and the vessels and airways beside it. */
export function paintMediastinum(canvas: Canvas, height: number): void {
  const heart = sectionOf({ x: 24, y: -22, z: 208, halfWidth: 60, halfDepth: 46, halfHeight: 50, angle: 0.5 }, height)
  if (heart !== undefined) {
    paintEllipse(canvas, heart, (distance, x, y) => {
      if (distance > 0.95) return tissue.fat + 20
      const isSeptum = Math.abs((x - heart.x) * 0.88 + (y - heart.y) * 0.48) < 5
      return distance > 0.76 || isSeptum ? 98 : tissue.blood - 6
    })
  }
  if (height > 235) paintEllipse(canvas, { x: -16, y: -24, halfWidth: 16, halfHeight: 16 }, tissue.blood)
  if (height > 235 && height < 275)
    paintEllipse(canvas, { x: 22, y: -20, halfWidth: 24, halfHeight: 12, angle: 0.5 }, tissue.blood)
  if (height > 230) paintEllipse(canvas, { x: -36, y: -14, halfWidth: 9, halfHeight: 10 }, tissue.blood + 25)
  paintAirways(canvas, height)
}

/** Paints the aorta, the inferior vena cava and the portal vein. */
export function paintVessels(canvas: Canvas, height: number): void {
  const sway = 5 * Math.sin(height / 40)
  paintEllipse(canvas, { x: 15 + sway, y: 42, halfWidth: 11.5, halfHeight: 11.5 }, (distance) =>
    distance > 0.9 ? 110 : tissue.blood + 8,
  )
  if (height < 195)
    paintEllipse(canvas, { x: -20 + sway / 2, y: 36, halfWidth: 13, halfHeight: 9.5 }, tissue.blood - 22)
  if (height > 80 && height < 125) {
    paintEllipse(canvas, { x: -6, y: 14, halfWidth: 8, halfHeight: 7 }, tissue.blood + 10)
  }
}

function lungVessels(side: number, random: Random): VesselSegment[] {
  const roots = [
    [0.75, 0.1, 0.65],
    [0.8, 0.45, -0.3],
    [0.85, -0.5, -0.15],
    [0.7, -0.35, 0.6],
    [0.85, 0.35, 0.3],
    [0.6, 0.6, -0.6],
    [0.9, -0.1, 0.1],
    [0.6, -0.6, 0.2],
    [0.55, 0.5, 0.7],
  ] as const
  return roots.flatMap(([x, y, z]) =>
    growVesselTree(
      { root: [side * 30, 5, 232], direction: [side * x, y, z], radius: 4.6, length: 25, generations: 6 },
      random,
    ),
  )
}

function isLung(x: number, y: number, height: number): boolean {
  if (Math.abs(x) < 22 + 14 * Math.cos((y + 10) / 45)) return false
  const side = x < 0 ? -1 : 1
  const dome = side < 0 ? diaphragmHeight : diaphragmHeight - 14
  const sideways = (x - side * 62) / 66
  const backwards = (y + 6) / 70
  return height > dome - 70 * (sideways * sideways + backwards * backwards)
}

function airway(distance: number): number {
  return distance > 0.8 ? 40 : tissue.air
}

/** Paints the trachea and, below its fork at 270 mm, the diverging bronchi. */
function paintAirways(canvas: Canvas, height: number): void {
  if (height > 270) paintEllipse(canvas, { x: -2, y: 12, halfWidth: 10, halfHeight: 9 }, airway)
  else if (height > 228) {
    const apart = (270 - height) * 0.75 + 8
    for (const side of [-1, 1]) {
      paintEllipse(canvas, { x: side * apart - 2, y: 14, halfWidth: 8, halfHeight: 6.5 }, airway)
    }
  }
  if (height > 150)
    paintEllipse(canvas, { x: 10, y: 36, halfWidth: 7, halfHeight: 6 }, (distance) => (distance < 0.3 ? -400 : 45))
}
