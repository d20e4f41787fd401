import type { FileRequest } from './entries.ts'

/** Returns a string that is equal for requests that produce the same bytes. */
export function requestKey({ form, source, settings = {} }: FileRequest): string {
  // Files without pixels do not depend on the source of pixels.
  return `${form} ${form === 'header-only' ? '' : source} ${JSON.stringify(sortedMembers(settings))}`
}

/** Returns plain data with the members of each object sorted by name. */
export function sortedMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortedMembers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, sortedMembers(member)]),
  )
}
