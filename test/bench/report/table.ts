/** Returns a Markdown table. All columns but the first are aligned right. */
export function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const rule = heads.map((_, index) => (index === 0 ? '---' : '---:'))
  return [heads, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Formats a number with the decimals that its size needs. Returns a dash for `undefined`. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return value.toLocaleString('en', { minimumFractionDigits: decimals(value), maximumFractionDigits: decimals(value) })
}

function decimals(value: number): number {
  if (Math.abs(value) >= 100) return 0
  return Math.abs(value) >= 10 ? 1 : 2
}
