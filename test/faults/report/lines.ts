import type { Figure } from '../figures/figure.ts'

/** Returns a figure as a line for the terminal. */
export function figureLine({ what, value, limit, isMet }: Figure): string {
  const asked = limit === '' ? '' : ` (${limit})`
  return `  ${isMet ? 'ok    ' : 'MISSED'} ${what}: ${value}${asked}`
}
