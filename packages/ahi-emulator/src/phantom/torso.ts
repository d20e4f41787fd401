import { createRandom } from '../random.ts'
import { createAbdomen, paintAbdomen, type Abdomen } from './abdomen.ts'
import { paintRibs, paintSpine, paintSternum } from './bones.ts'
import { blur, clearCanvas, paintSuperellipse, rowsWithin, spanWithin, type Canvas } from './canvas.ts'
import { createLungVessels, paintLungs, paintMediastinum, paintVessels } from './chest.ts'
import { tissue, bodyShape, smoothStep } from './tissue.ts'
import type { VesselSegment } from './vessel-tree.ts'

/** A phantom patient in the portal venous phase after contrast agent. */
export interface Torso extends Abdomen {
  readonly lungVessels: readonly VesselSegment[]
}

/** Height of the phantom in millimetres, from the kidneys at 0 to the aortic arch. */
export const torsoHeight = 330

/** Generates the patient of a seed. */
export function createTorso(seed: number): Torso {
  const random = createRandom(seed)
  return { lungVessels: createLungVessels(random), ...createAbdomen(random) }
}

/** Paints the slice at a height in millimetres, without noise. Replaces the contents of the canvas. */
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

/** Paints the table: a carbon shell around foam, curved like the patient's back. */
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

function paintBody(canvas: Canvas, height: number): void {
  const { halfWidth, halfHeight } = bodyShape(height)
  const fat = 17 - 6 * smoothStep(120, 260, height)
  const outline = { x: 0, y: 6, power: 2.35 }
  paintSuperellipse(canvas, { ...outline, halfWidth, halfHeight }, tissue.skin)
  paintSuperellipse(canvas, { ...outline, halfWidth: halfWidth - 2, halfHeight: halfHeight - 2 }, tissue.fat)
  // Muscle with strands of fat between its layers.
  const muscle = { halfWidth: halfWidth - fat, halfHeight: halfHeight - fat }
  paintSuperellipse(canvas, { ...outline, ...muscle }, (x, y) => {
    const layer = (x * x) / muscle.halfWidth ** 2 + (y * y) / muscle.halfHeight ** 2
    return Math.abs(Math.sin(layer * 23 + x * 0.03)) < 0.08 ? -30 : tissue.muscle
  })
}

function paintCavity(torso: Torso, canvas: Canvas, height: number): void {
  const { halfWidth, halfHeight } = bodyShape(height)
  const cavity = { x: 0, y: 0, halfWidth: halfWidth - 31, halfHeight: halfHeight - 29, power: 2.3 }
  paintSuperellipse(canvas, cavity, tissue.fat + 6)
  paintAbdomen(torso, canvas, height)
  paintLungs(torso.lungVessels, canvas, { cavity, height })
  paintMediastinum(canvas, height)
  paintVessels(canvas, height)
}
