import { validationError } from './service-error.ts'

/** A JSON object of unchecked members. */
export type JsonObject = Readonly<Record<string, unknown>>

/**
 * Reads a request body; an empty one is an empty object.
 * @throws {ServiceError} ValidationException for what is no JSON object
 */
export function readJsonBody(body: Uint8Array): JsonObject {
  if (body.byteLength === 0) return {}
  const parsed = parseJson(new TextDecoder().decode(body))
  if (!isJsonObject(parsed)) throw validationError('The request body is not a JSON object')
  return parsed
}

/** Tells a JSON object from everything else. */
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
