import { blur, clearCanvas, paintEllipse, paintSuperellipse, rowsWithin, spanWithin } from './canvas.ts'
import type { Canvas, Ellipse } from './canvas.ts'
import { createRandom } from './random.ts'
import type { Random } from './random.ts'
import { growVesselTree } from './vessel-tree.ts'
import type { VesselSegment } from './vessel-tree.ts'

/** A patient made of a seed, in the portal venous phase after contrast agent; slices of it can be painted. */
export interface Torso {
  readonly lungVessels: readonly VesselSegment[]
  readonly liverVessels: readonly VesselSegment[]
  readonly bowel: readonly BowelLoop[]
}

interface Ellipsoid {
  readonly x: number
  readonly y: number
  readonly z: number
  readonly halfWidth: number
  readonly halfDepth: number
  readonly halfHeight: number
  readonly angle?: number
}

type Superellipse = Parameters<typeof paintSuperellipse>[1]

interface BowelLoop extends Ellipsoid {
  readonly gas: number
}

/** Millimetres that the phantom is defined for: from the kidneys at 0 to the aortic arch. */
export const TORSO_HEIGHT = 330

/** Hounsfield units. */
const FAT = -102
const MUSCLE = 58
const SKIN = 25
const LUNG = -862
const AIR = -998
const BLOOD = 158
const BONE_MARROW = 240
const CORTICAL_BONE = 950

/** Where the dome of the diaphragm stands highest. */
const DIAPHRAGM = 200
const RIB_COUNT = 10

/** Grows a patient of a seed. */
export function createTorso(seed: number): Torso {
  const random = createRandom(seed)
  return {
    lungVessels: [1, -1].flatMap((side) => lungVessels(side, random)),
    liverVessels: liverVessels(random),
    bowel: Array.from({ length: 26 }, () => bowelLoop(random)),
  }
}

/** Paints the slice at a height in millimetres, without noise, over whatever the canvas had. */
export function paintTorso(torso: Torso, height: number, canvas: Canvas): void {
  clearCanvas(canvas)
  paintTable(canvas)
  paintBody(canvas, height)
  paintCavity(torso, canvas, height)
  paintSpine(canvas, height)
  paintRibs(canvas, height)
  paintSternum(canvas, height)
  blur(canvas)
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

/** Portal veins from below, hepatic veins towards the inferior vena cava above. */
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

/** A carbon shell around foam, curved like the patient's back. */
function paintTable(canvas: Canvas): void {
  const { values, spacing } = canvas
  for (const row of rowsWithin(canvas, 150, 34)) {
    const { start, end, left } = spanWithin(canvas, row, 0, 195)
    for (let index = start; index < end; index += 1) {
      const x = left + (index - start) * spacing
      const depth = row.y - 130 + (x * x) / 900
      if (depth >= 0 && depth <= 22) values[index] = depth < 2 || depth > 20 ? -150 : -930
    }
  }
}

function bodyShape(height: number): { readonly halfWidth: number; readonly halfHeight: number } {
  const chest = smoothStep(120, 260, height)
  return { halfWidth: 158 + 10 * chest, halfHeight: 112 - 2 * chest }
}

function paintBody(canvas: Canvas, height: number): void {
  const { halfWidth, halfHeight } = bodyShape(height)
  const fat = 17 - 6 * smoothStep(120, 260, height)
  const outline = { x: 0, y: 6, power: 2.35 }
  paintSuperellipse(canvas, { ...outline, halfWidth, halfHeight }, SKIN)
  paintSuperellipse(canvas, { ...outline, halfWidth: halfWidth - 2, halfHeight: halfHeight - 2 }, FAT)
  // Muscle with strands of fat between its layers.
  const muscle = { halfWidth: halfWidth - fat, halfHeight: halfHeight - fat }
  paintSuperellipse(canvas, { ...outline, ...muscle }, (x, y) => {
    const layer = (x * x) / muscle.halfWidth ** 2 + (y * y) / muscle.halfHeight ** 2
    return Math.abs(Math.sin(layer * 23 + x * 0.03)) < 0.08 ? -30 : MUSCLE
  })
}

function paintCavity(torso: Torso, canvas: Canvas, height: number): void {
  const { halfWidth, halfHeight } = bodyShape(height)
  const cavity = { x: 0, y: 0, halfWidth: halfWidth - 31, halfHeight: halfHeight - 29, power: 2.3 }
  paintSuperellipse(canvas, cavity, FAT + 6)
  paintAbdomen(torso, canvas, height)
  paintLungs(torso, canvas, cavity, height)
  paintMediastinum(canvas, height)
  paintVessels(canvas, height)
}

function paintAbdomen(torso: Torso, canvas: Canvas, height: number): void {
  for (const loop of torso.bowel) paintBowelLoop(canvas, loop, height)
  paintStomach(canvas, height)
  paintSection(canvas, { x: 92, y: 38, z: 135, halfWidth: 30, halfDepth: 40, halfHeight: 58, angle: 0.5 }, height, 122)
  paintLiver(torso, canvas, height)
  paintKidney(canvas, { x: -62, y: 42, z: 42 }, height)
  paintKidney(canvas, { x: 63, y: 40, z: 55 }, height)
  paintSection(canvas, { x: 20, y: 2, z: 92, halfWidth: 62, halfDepth: 11, halfHeight: 17, angle: -0.25 }, height, 92)
  const psoas = 1 - smoothStep(60, 110, height)
  for (const side of [-1, 1]) {
    paintEllipse(canvas, { x: side * 36, y: 60, halfWidth: 19 * psoas, halfHeight: 16 * psoas }, MUSCLE)
  }
}

function paintBowelLoop(canvas: Canvas, loop: BowelLoop, height: number): void {
  const section = sectionOf(loop, height)
  if (section === undefined) return
  paintEllipse(canvas, section, (distance, x, y) => {
    if (distance > 0.85) return 85
    return loop.gas > -1 && (y - section.y) / section.halfHeight < loop.gas ? AIR : 22 + 14 * Math.sin(x * 0.9 + y)
  })
}

/** Fluid with a level, gas in front of it: the patient lies on the back. */
function paintStomach(canvas: Canvas, height: number): void {
  const section = sectionOf(
    { x: 52, y: -28, z: 150, halfWidth: 46, halfDepth: 36, halfHeight: 62, angle: -0.3 },
    height,
  )
  if (section === undefined) return
  paintEllipse(canvas, section, (distance, _x, y) => (distance > 0.9 ? 80 : y < -40 ? AIR : 18))
}

function paintLiver(torso: Torso, canvas: Canvas, height: number): void {
  const lobes: readonly Ellipsoid[] = [
    { x: -62, y: -2, z: 130, halfWidth: 62, halfDepth: 72, halfHeight: 92, angle: 0.2 },
    { x: -6, y: -42, z: 150, halfWidth: 60, halfDepth: 30, halfHeight: 48, angle: 0.12 },
  ]
  for (const lobe of lobes) paintSection(canvas, lobe, height, 112)
  const isInLiver = (x: number, y: number): boolean => lobes.some((lobe) => isInside(lobe, x, y, height))
  for (const vessel of torso.liverVessels)
    paintVesselSegment(canvas, vessel, height, { value: 168, isInside: isInLiver })
  paintSection(canvas, { x: -38, y: -48, z: 78, halfWidth: 15, halfDepth: 19, halfHeight: 26 }, height, 8)
}

/** Cortex, pyramids and the fat of the sinus. */
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

/** Above the dome of the diaphragm, beside the mediastinum. The backs of the lungs are denser: blood sinks. */
function paintLungs(torso: Torso, canvas: Canvas, cavity: Superellipse, height: number): void {
  if (height < DIAPHRAGM - 130) return
  const lung = { ...cavity, halfWidth: cavity.halfWidth - 2, halfHeight: cavity.halfHeight - 2 }
  paintSuperellipse(canvas, lung, (x, y, before) => (isLung(x, y, height) ? LUNG + 0.5 * y : before))
  const isInLung = (x: number, y: number): boolean => isLung(x, y, height)
  for (const vessel of torso.lungVessels) paintVesselSegment(canvas, vessel, height, { value: 30, isInside: isInLung })
}

function isLung(x: number, y: number, height: number): boolean {
  if (Math.abs(x) < 22 + 14 * Math.cos((y + 10) / 45)) return false
  const side = x < 0 ? -1 : 1
  const dome = side < 0 ? DIAPHRAGM : DIAPHRAGM - 14
  const sideways = (x - side * 62) / 66
  const backwards = (y + 6) / 70
  return height > dome - 70 * (sideways * sideways + backwards * backwards)
}

function paintMediastinum(canvas: Canvas, height: number): void {
  const heart = sectionOf({ x: 24, y: -22, z: 208, halfWidth: 60, halfDepth: 46, halfHeight: 50, angle: 0.5 }, height)
  if (heart !== undefined) {
    paintEllipse(canvas, heart, (distance, x, y) => {
      if (distance > 0.95) return FAT + 20
      const isSeptum = Math.abs((x - heart.x) * 0.88 + (y - heart.y) * 0.48) < 5
      return distance > 0.76 || isSeptum ? 98 : BLOOD - 6
    })
  }
  if (height > 235) paintEllipse(canvas, { x: -16, y: -24, halfWidth: 16, halfHeight: 16 }, BLOOD)
  if (height > 235 && height < 275)
    paintEllipse(canvas, { x: 22, y: -20, halfWidth: 24, halfHeight: 12, angle: 0.5 }, BLOOD)
  if (height > 230) paintEllipse(canvas, { x: -36, y: -14, halfWidth: 9, halfHeight: 10 }, BLOOD + 25)
  paintAirways(canvas, height)
}

function airway(distance: number): number {
  return distance > 0.8 ? 40 : AIR
}

/** The trachea, and below its fork at 270 the bronchi that part from each other. */
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

function paintVessels(canvas: Canvas, height: number): void {
  const sway = 5 * Math.sin(height / 40)
  paintEllipse(canvas, { x: 15 + sway, y: 42, halfWidth: 11.5, halfHeight: 11.5 }, (distance) =>
    distance > 0.9 ? 110 : BLOOD + 8,
  )
  if (height < 195) paintEllipse(canvas, { x: -20 + sway / 2, y: 36, halfWidth: 13, halfHeight: 9.5 }, BLOOD - 22)
  if (height > 80 && height < 125) {
    paintEllipse(canvas, { x: -6, y: 14, halfWidth: 8, halfHeight: 7 }, BLOOD + 10)
  }
}

/** Vertebrae every 30 mm with discs between them, the canal with its cord, arch and processes. */
function paintSpine(canvas: Canvas, height: number): void {
  for (const side of [-1, 1]) {
    paintEllipse(canvas, { x: side * 33, y: 94, halfWidth: 29, halfHeight: 15, angle: side * 0.15 }, (distance, x, y) =>
      distance > 0.94 || Math.abs(Math.sin(x * 0.35 + y * 0.6)) < 0.07 ? -40 : MUSCLE,
    )
  }
  const isDisc = ((height % 30) + 30) % 30 < 7
  const body = { x: 0, y: 62, halfWidth: 23, halfHeight: 17 }
  const arch = isDisc ? 90 : CORTICAL_BONE - 250
  paintEllipse(canvas, { x: 0, y: 106, halfWidth: 4, halfHeight: 13 }, isDisc ? MUSCLE : bone(0.6))
  for (const side of [-1, 1]) {
    const process = { x: side * 24, y: 86, halfWidth: 15, halfHeight: 5.5, angle: side * 0.35 }
    if (!isDisc) paintEllipse(canvas, process, bone(0.55))
  }
  paintEllipse(canvas, { x: 0, y: 86, halfWidth: 14.5, halfHeight: 12.5 }, arch)
  paintEllipse(canvas, body, isDisc ? (distance) => (distance > 0.8 ? 120 : 85) : bone(0.9))
  paintEllipse(canvas, { x: 0, y: 85, halfWidth: 10.5, halfHeight: 9 }, (distance) => (distance < 0.62 ? 42 : 12))
}

/** A hard shell around marrow whose trabeculae show as a fine pattern. */
function bone(shellAt: number): (distance: number, x: number, y: number) => number {
  return (distance, x, y) =>
    distance > shellAt ? CORTICAL_BONE : BONE_MARROW + 60 * Math.sin(x * 2.1) * Math.sin(y * 1.9)
}

/** Ribs run around the chest and fall towards the front: a slice cuts each of them once a side. */
function paintRibs(canvas: Canvas, height: number): void {
  const { halfWidth, halfHeight } = bodyShape(height)
  for (let rib = 0; rib < RIB_COUNT; rib += 1) {
    const heightAtSpine = 390 - 27 * rib
    const fallen = (heightAtSpine - height) / 105
    if (fallen < 0.03 || fallen > 1) continue
    for (const side of [-1, 1]) {
      const angle = fallen * 2.55
      const x = side * (halfWidth - 25) * Math.sin(angle)
      const y = 2 + (halfHeight - 24) * Math.cos(angle)
      const tangent = side * (Math.PI - angle)
      const cartilage = fallen > 0.9
      paintEllipse(canvas, { x, y, halfWidth: 13, halfHeight: 4.6, angle: tangent }, cartilage ? 110 : bone(0.62))
    }
  }
}

function paintSternum(canvas: Canvas, height: number): void {
  if (height < 215) return
  paintEllipse(canvas, { x: 0, y: -82, halfWidth: 19, halfHeight: 6 }, bone(0.72))
}

interface VesselPaint {
  readonly value: number
  readonly isInside: (x: number, y: number) => boolean
}

/** Paints where a vessel meets the slice, faint where it is thinner than a pixel can show. */
function paintVesselSegment(canvas: Canvas, vessel: VesselSegment, height: number, paint: VesselPaint): void {
  const { start, end, startRadius, endRadius } = vessel
  const rise = end[2] - start[2]
  const reach = Math.max(startRadius, endRadius)
  if (height < Math.min(start[2], end[2]) - reach || height > Math.max(start[2], end[2]) + reach) return
  const length = Math.hypot(end[0] - start[0], end[1] - start[1], rise)
  const steps = Math.ceil(length / 0.8)
  for (let step = 0; step <= steps; step += 1) {
    const part = step / steps
    const radius = startRadius + (endRadius - startRadius) * part
    const above = Math.abs(height - (start[2] + rise * part))
    if (above >= radius) continue
    const half = Math.sqrt(radius * radius - above * above)
    const x = start[0] + (end[0] - start[0]) * part
    const y = start[1] + (end[1] - start[1]) * part
    if (!paint.isInside(x, y)) continue
    const share = Math.min(1, half / 0.9)
    const value = (_distance: number, _x: number, _y: number, before: number): number =>
      Math.max(before, paint.value * share + LUNG * (1 - share))
    paintEllipse(canvas, { x, y, halfWidth: Math.max(half, 0.5), halfHeight: Math.max(half, 0.5) }, value)
  }
}

function paintSection(canvas: Canvas, ellipsoid: Ellipsoid, height: number, value: number): void {
  const section = sectionOf(ellipsoid, height)
  if (section !== undefined) paintEllipse(canvas, section, value)
}

/** The ellipse that a slice cuts out of an ellipsoid. */
function sectionOf(ellipsoid: Ellipsoid, height: number): Required<Ellipse> | undefined {
  const { x, y, z, halfWidth, halfDepth, halfHeight, angle = 0 } = ellipsoid
  const rest = 1 - ((height - z) / halfHeight) ** 2
  if (rest <= 0) return undefined
  const scale = Math.sqrt(rest)
  return { x, y, halfWidth: halfWidth * scale, halfHeight: halfDepth * scale, angle }
}

function isInside(ellipsoid: Ellipsoid, x: number, y: number, height: number): boolean {
  const section = sectionOf(ellipsoid, height)
  if (section === undefined) return false
  return ((x - section.x) / section.halfWidth) ** 2 + ((y - section.y) / section.halfHeight) ** 2 < 0.9
}

function smoothStep(from: number, to: number, value: number): number {
  const part = Math.min(1, Math.max(0, (value - from) / (to - from)))
  return part * part * (3 - 2 * part)
}
