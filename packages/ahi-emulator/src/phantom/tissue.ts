/** Hounsfield units of tissues after contrast agent. */
export const tissue = {
  fat: -102,
  muscle: 58,
  skin: 25,
  lung: -862,
  air: -998,
  blood: 158,
  boneMarrow: 240,
  corticalBone: 950,
} as const

/** Returns a value that rises smoothly from 0 to 1 between two bounds. */
export function smoothStep(from: number, to: number, value: number): number {
  const part = Math.min(1, Math.max(0, (value - from) / (to - from)))
  return part * part * (3 - 2 * part)
}

/** Returns the outline of the body at a height, in millimetres. The chest is wider than the belly. */
export function bodyShape(height: number): { readonly halfWidth: number; readonly halfHeight: number } {
  const chest = smoothStep(120, 260, height)
  return { halfWidth: 158 + 10 * chest, halfHeight: 112 - 2 * chest }
}
