import { validationError } from './service-error.ts'

/** A JSON object whose members are unchecked. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Parses a request body. An empty body gives an empty object.
 * @throws {ServiceError} ValidationException if the body is not a JSON object
 */
export function readJsonBody(body: Uint8Array): JsonObject {
  if (body.byteLength === 0) return {}
  const parsed = parseJson(new TextDecoder().decode(body))
  if (!isJsonObject(parsed)) throw validationError('The request body is not a JSON object')
  return parsed
}

/** Returns true for a JSON object, which excludes null and arrays. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
