/** Prints numbers with their units on one line. */
export function printFigures(title: string, figures: Readonly<Record<string, number>>): void {
  const columns = Object.entries(figures).map(([unit, value]) => `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`)
  process.stdout.write(`${title}: ${columns.join(', ')}\n`)
}
