import type { LookupTable } from '../describe/image-description.ts'

/** Returns the entry for an input value. Rounds it to a whole number, and clamps it to the range of the table. */
export function lookUp(table: LookupTable, value: number): number {
  const last = table.entries.length - 1
  const index = Math.min(Math.max(Math.round(value) - table.firstMapped, 0), last)
  return table.entries[index] ?? 0
}

/** Returns the largest value that the descriptor allows for an entry, or the largest entry if it is higher. */
export function largestEntry(table: LookupTable): number {
  let largest = 2 ** Math.min(table.bits, 16) - 1
  for (const entry of table.entries) if (entry > largest) largest = entry
  return largest
}
