import type { Random } from '../random.ts'
import { paintEllipse, type Canvas } from './canvas.ts'
import { isInside, paintSection, sectionOf, type Ellipsoid } from './ellipsoid.ts'
import { paintVesselSegment } from './paint-vessel.ts'
import { tissue, smoothStep } from './tissue.ts'
import { growVesselTree, type VesselSegment } from './vessel-tree.ts'

/** Parts of the abdomen that differ between patients. */
export interface Abdomen {
  readonly liverVessels: readonly VesselSegment[]
  readonly bowel: readonly BowelLoop[]
}

interface BowelLoop extends Ellipsoid {
  readonly gas: number
}

/** Generates the vessels of the liver and the loops of the bowel. */
export function createAbdomen(random: Random): Abdomen {
  return { liverVessels: liverVessels(random), bowel: Array.from({ length: 26 }, () => bowelLoop(random)) }
}

/** Paints the organs below the diaphragm. */
export function paintAbdomen(abdomen: Abdomen, canvas: Canvas, height: number): void {
  for (const loop of abdomen.bowel) paintBowelLoop(canvas, loop, height)
  paintStomach(canvas, height)
  paintSection(canvas, { x: 92, y: 38, z: 135, halfWidth: 30, halfDepth: 40, halfHeight: 58, angle: 0.5 }, height, 122)
  paintLiver(abdomen, canvas, height)
  paintKidney(canvas, { x: -62, y: 42, z: 42 }, height)
  paintKidney(canvas, { x: 63, y: 40, z: 55 }, height)
  paintSection(canvas, { x: 20, y: 2, z: 92, halfWidth: 62, halfDepth: 11, halfHeight: 17, angle: -0.25 }, height, 92)
  const psoas = 1 - smoothStep(60, 110, height)
  for (const side of [-1, 1]) {
    paintEllipse(canvas, { x: side * 36, y: 60, halfWidth: 19 * psoas, halfHeight: 16 * psoas }, tissue.muscle)
  }
}

/** Returns the portal veins from below, and the hepatic veins towards the inferior vena cava above. */
function liverVessels(random: Random): VesselSegment[] {
  const portal = { root: [-15, 2, 115], direction: [-0.8, -0.3, 0.5], radius: 6.5, length: 30, generations: 6 } as const
  const hepatic = [
    { root: [-24, 28, 180], direction: [-0.9, -0.3, -0.3], radius: 5, length: 30, generations: 5 },
    { root: [-24, 24, 185], direction: [-0.5, -0.8, -0.3], radius: 5, length: 30, generations: 5 },
  ] as const
  return [portal, ...hepatic].flatMap((tree) => growVesselTree(tree, random))
}

function bowelLoop(random: Random): BowelLoop {
  return {
    x: random.between(-95, 95),
    y: random.between(-75, -5),
    z: random.between(-30, 70),
    halfWidth: random.between(13, 24),
    halfDepth: random.between(12, 19),
    halfHeight: random.between(14, 30),
    angle: random.between(-0.8, 0.8),
    gas: random.next() < 0.45 ? random.between(-0.4, 0.3) : -1,
  }
}

function paintBowelLoop(canvas: Canvas, loop: BowelLoop, height: number): void {
  const section = sectionOf(loop, height)
  if (section === undefined) return
  paintEllipse(canvas, section, (distance, x, y) => {
    if (distance > 0.85) return 85
    return loop.gas > -1 && (y - section.y) / section.halfHeight < loop.gas
      ? tissue.air
      : 22 + 14 * Math.sin(x * 0.9 + y)
  })
}

/** Paints the stomach with a fluid level and gas in front of it, because the patient lies on the back. */
function paintStomach(canvas: Canvas, height: number): void {
  const section = sectionOf(
    { x: 52, y: -28, z: 150, halfWidth: 46, halfDepth: 36, halfHeight: 62, angle: -0.3 },
    height,
  )
  if (section === undefined) return
  paintEllipse(canvas, section, (distance, _x, y) => (distance > 0.9 ? 80 : y < -40 ? tissue.air : 18))
}

function paintLiver(abdomen: Abdomen, canvas: Canvas, height: number): void {
  const lobes: readonly Ellipsoid[] = [
    { x: -62, y: -2, z: 130, halfWidth: 62, halfDepth: 72, halfHeight: 92, angle: 0.2 },
    { x: -6, y: -42, z: 150, halfWidth: 60, halfDepth: 30, halfHeight: 48, angle: 0.12 },
  ]
  for (const lobe of lobes) paintSection(canvas, lobe, height, 112)
  const isInLiver = (x: number, y: number): boolean => lobes.some((lobe) => isInside(lobe, x, y, height))
  for (const vessel of abdomen.liverVessels)
    paintVesselSegment(canvas, vessel, height, { value: 168, isInside: isInLiver })
  paintSection(canvas, { x: -38, y: -48, z: 78, halfWidth: 15, halfDepth: 19, halfHeight: 26 }, height, 8)
}

/** Paints a kidney: cortex, pyramids and the fat of the sinus. */
function paintKidney(canvas: Canvas, place: Pick<Ellipsoid, 'x' | 'y' | 'z'>, height: number): void {
  const angle = place.x < 0 ? 0.5 : -0.5
  const section = sectionOf({ ...place, halfWidth: 27, halfDepth: 31, halfHeight: 55, angle }, height)
  if (section === undefined) return
  const inner = Math.sign(place.x)
  paintEllipse(canvas, section, (distance, x, y) => {
    if (distance > 0.74) return 205
    if (distance < 0.36 && (x - place.x) * inner < 6) return -70
    return Math.sin(9 * Math.atan2(y - section.y, x - section.x)) > 0.1 ? 138 : 190
  })
}
