/** A JSON object as a client takes or gives it. */
export type JsonObject = Readonly<Record<string, unknown>>

/** Whether a value is a JSON object. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A member that is text. */
export function textOf(object: unknown, name: string): string {
  const value = isJsonObject(object) ? object[name] : undefined
  if (typeof value !== 'string') throw new TypeError(`Expected text in \`${name}\`, got ${JSON.stringify(value)}`)
  return value
}

/** A member that is an object. */
export function objectOf(object: unknown, name: string): JsonObject {
  const value = isJsonObject(object) ? object[name] : undefined
  if (!isJsonObject(value)) throw new TypeError(`Expected an object in \`${name}\`, got ${JSON.stringify(value)}`)
  return value
}
