const units = ['B', 'KB', 'MB', 'GB', 'TB']

/** Returns a number of bytes as text, such as `47.2 MB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${units[unit] ?? ''}`
}

/** Returns a count with its noun. */
export function countText(count: number, noun: string): string {
  const plural = noun === 'series' ? noun : noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`
  return `${count.toLocaleString('en')} ${count === 1 ? noun : plural}`
}

const collator = new Intl.Collator('en', { numeric: true })

/** Compares values of a column: numbers by size, texts by their words and numbers. */
export function compareValues(left: number | string, right: number | string): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return collator.compare(String(left), String(right))
}
