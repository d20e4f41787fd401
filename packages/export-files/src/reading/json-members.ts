/** Members of a JSON object. */
export type JsonMembers = Readonly<Record<string, unknown>>

/** Returns the value of a JSON text, or undefined if it is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Returns true if the value is a JSON object. */
export function isObject(value: unknown): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Returns the members of a JSON object, or an empty object for any other value. */
export function membersOf(value: unknown): JsonMembers {
  return isObject(value) ? value : {}
}
