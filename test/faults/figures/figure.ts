/** A measured value, and the limit that it has to keep. */
export interface Figure {
  readonly what: string
  readonly value: string
  /** Empty for a value that is only told. */
  readonly limit: string
  readonly isMet: boolean
}

/** Returns the figure of a value that has to be the expected one. */
export function equals(what: string, value: unknown, expected: unknown): Figure {
  return { what, value: textOf(value), limit: textOf(expected), isMet: textOf(value) === textOf(expected) }
}

/** Returns the figure of a value that may not exceed a limit. */
export function atMost(what: string, value: number, limit: number, unit = ''): Figure {
  return { what, value: measure(value, unit), limit: `at most ${measure(limit, unit)}`, isMet: value <= limit }
}

/** Returns the figure of a value that has to reach a limit. */
export function atLeast(what: string, value: number, limit: number, unit = ''): Figure {
  return { what, value: measure(value, unit), limit: `at least ${measure(limit, unit)}`, isMet: value >= limit }
}

/** Returns the figure of something that has to be so. If not, `found` describes the actual value. */
export function holds(what: string, isMet: boolean, found: string): Figure {
  return { what, value: isMet ? 'yes' : `no: ${found}`, limit: 'yes', isMet }
}

/** Returns the figure of a value that has no limit. */
export function told(what: string, value: number | string, unit = ''): Figure {
  return { what, value: typeof value === 'number' ? measure(value, unit) : value, limit: '', isMet: true }
}

/** Returns the figures with `of` in front of each name. */
export function named(of: string, figures: readonly Figure[]): Figure[] {
  return figures.map((figure) => ({ ...figure, what: `${of}: ${figure.what}` }))
}

function measure(value: number, unit: string): string {
  const digits = Number.isInteger(value) || Math.abs(value) >= 100 ? 0 : 2
  return `${value.toFixed(digits).replaceAll(/\B(?=(\d{3})+$)/g, ',')}${unit === '' ? '' : ` ${unit}`}`
}

function textOf(value: unknown): string {
  if (typeof value === 'number') return measure(value, '')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
