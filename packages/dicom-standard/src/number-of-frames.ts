/**
 * Returns the frames that a value of NumberOfFrames (0028,0008) counts: 1 if it is missing, empty or 0, as readers of
 * files take it, and `undefined` for what is no number of frames. `value` is text, a number, or the first of a list.
 */
export function numberOfFrames(value: unknown): number | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (first === undefined || first === null) return 1
  if (typeof first !== 'string' && typeof first !== 'number') return undefined
  const text = String(first).trim()
  if (!/^\+?\d{0,12}$/.test(text)) return undefined
  return Number(text) || 1
}
