const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/**
 * Returns the number that the text of a DS or IS stands for (PS3.5 6.2); undefined if it is not one, or not finite.
 * Spaces around it are ignored. Longer texts than the standard allows are read, too.
 */
export function parseDecimal(text: string): number | undefined {
  const trimmed = text.replace(/[\0 ]+$/, '').trimStart()
  if (!decimal.test(trimmed)) return undefined
  const number = Number(trimmed)
  return Number.isFinite(number) ? number : undefined
}
