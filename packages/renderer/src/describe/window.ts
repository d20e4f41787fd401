/** Center and width of a window, in values of the modality. */
export interface Window {
  readonly center: number
  readonly width: number
}

/**
 * Returns true if a window is valid for its function: LINEAR needs a width of at least 1, the others above 0 (PS3.3
 * C.11.2.1).
 */
export function isValidWindow({ center, width }: Window, voiLutFunction: string | undefined): boolean {
  if (!Number.isFinite(center) || !Number.isFinite(width)) return false
  return isLinear(voiLutFunction) ? width >= 1 : width > 0
}

function isLinear(voiLutFunction: string | undefined): boolean {
  return voiLutFunction !== 'SIGMOID' && voiLutFunction !== 'LINEAR_EXACT'
}
