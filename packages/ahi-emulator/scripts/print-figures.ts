/** Prints numbers and their units in a line. */
export function printFigures(what: string, figures: Readonly<Record<string, number>>): void {
  const columns = Object.entries(figures).map(([unit, value]) => `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`)
  process.stdout.write(`${what}: ${columns.join(', ')}\n`)
}
