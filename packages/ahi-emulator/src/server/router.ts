import type { Operation } from '../operation/operation.ts'

/** The operation of a request, with its path parameters. */
export interface Route {
  readonly operation: Operation
  readonly parameters: Readonly<Record<string, string>>
}

/** Returns the route of a method and a path without its query, or `undefined` if no operation matches. */
export type Router = (method: string, path: string) => Route | undefined

/**
 * Creates a router for the given operations. Segments are decoded separately, so an encoded slash does not split one.
 */
export function createRouter(operations: readonly Operation[]): Router {
  const patterns = operations.map((operation) => ({ operation, segments: operation.path.split('/') }))
  return (method, path) => {
    const segments = path.split('/')
    for (const { operation, segments: pattern } of patterns) {
      if (operation.method !== method || pattern.length !== segments.length) continue
      const parameters = matchSegments(pattern, segments)
      if (parameters !== undefined) return { operation, parameters }
    }
    return undefined
  }
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  const parameters: Record<string, string> = {}
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? ''
    const isParameter = expected.startsWith('{') && segment !== ''
    if (isParameter) parameters[expected.slice(1, -1)] = decodeSegment(segment)
    else if (expected !== segment) return undefined
  }
  return parameters
}

/** Decodes a path segment. Malformed encoding is left as it is, because it matches no id. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
