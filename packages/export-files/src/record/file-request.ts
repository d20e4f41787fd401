import type { FileRequest } from './entries.ts'

/** Returns a text that is the same for requests that make the same bytes. */
export function requestKey({ form, source, settings = {} }: FileRequest): string {
  // Without pixels it does not matter where they would come from.
  return `${form} ${form === 'header-only' ? '' : source} ${JSON.stringify(sortedMembers(settings))}`
}

/** Returns plain data with the members of each object in the order of their names. */
export function sortedMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedMembers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sortedMembers(member)]),
  )
}
