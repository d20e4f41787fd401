const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/**
 * Parses the text of a DS or IS (PS3.5 6.2). Returns `undefined` if it is not a finite number. Surrounding spaces are
 * ignored. Longer texts than the standard allows are accepted.
 */
export function parseDecimal(text: string): number | undefined {
  const trimmed = text.replace(/[\0 ]+$/, '').trimStart()
  if (!decimal.test(trimmed)) return undefined
  const number = Number(trimmed)
  return Number.isFinite(number) ? number : undefined
}
