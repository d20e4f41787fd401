import { paintEllipse, type Canvas } from './canvas.ts'
import { tissue, bodyShape } from './tissue.ts'

const ribCount = 10

/** Paints the spine: vertebrae every 30 mm with discs between them, the canal with its cord, arch and processes. */
export function paintSpine(canvas: Canvas, height: number): void {
  for (const side of [-1, 1]) {
    paintEllipse(canvas, { x: side * 33, y: 94, halfWidth: 29, halfHeight: 15, angle: side * 0.15 }, (distance, x, y) =>
      distance > 0.94 || Math.abs(Math.sin(x * 0.35 + y * 0.6)) < 0.07 ? -40 : tissue.muscle,
    )
  }
  const isDisc = ((height % 30) + 30) % 30 < 7
  const body = { x: 0, y: 62, halfWidth: 23, halfHeight: 17 }
  const arch = isDisc ? 90 : tissue.corticalBone - 250
  paintEllipse(canvas, { x: 0, y: 106, halfWidth: 4, halfHeight: 13 }, isDisc ? tissue.muscle : bone(0.6))
  for (const side of [-1, 1]) {
    const process = { x: side * 24, y: 86, halfWidth: 15, halfHeight: 5.5, angle: side * 0.35 }
    if (!isDisc) paintEllipse(canvas, process, bone(0.55))
  }
  paintEllipse(canvas, { x: 0, y: 86, halfWidth: 14.5, halfHeight: 12.5 }, arch)
  paintEllipse(canvas, body, isDisc ? (distance) => (distance > 0.8 ? 120 : 85) : bone(0.9))
  paintEllipse(canvas, { x: 0, y: 85, halfWidth: 10.5, halfHeight: 9 }, (distance) => (distance < 0.62 ? 42 : 12))
}

/** Paints the ribs. They run around the chest and descend towards the front, so a slice cuts each rib once per side. */
export function paintRibs(canvas: Canvas, height: number): void {
  const { halfWidth, halfHeight } = bodyShape(height)
  for (let rib = 0; rib < ribCount; rib += 1) {
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

/** Paints the breast bone. */
export function paintSternum(canvas: Canvas, height: number): void {
  if (height < 215) return
  paintEllipse(canvas, { x: 0, y: -82, halfWidth: 19, halfHeight: 6 }, bone(0.72))
}

/** Returns the shade of a bone: a hard shell around marrow with a fine trabecular pattern. */
function bone(shellAt: number): (distance: number, x: number, y: number) => number {
  return (distance, x, y) =>
    distance > shellAt ? tissue.corticalBone : tissue.boneMarrow + 60 * Math.sin(x * 2.1) * Math.sin(y * 1.9)
}
