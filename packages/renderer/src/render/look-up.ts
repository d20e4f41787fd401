import type { LookupTable } from '../describe/image-description.ts'

/** The entry for an input value, which is rounded to a whole number first; the ends hold for what lies outside. */
export function lookUp(table: LookupTable, value: number): number {
  const last = table.entries.length - 1
  const index = Math.min(Math.max(Math.round(value) - table.firstMapped, 0), last)
  return table.entries[index] ?? 0
}

/** The largest value an entry can have; entries that exceed the bits of their descriptor widen it, 16 are the most. */
export function largestEntry(table: LookupTable): number {
  let largest = 2 ** Math.min(table.bits, 16) - 1
  for (const entry of table.entries) if (entry > largest) largest = entry
  return largest
}
