import type { Operation } from '../operation/operation.ts'

/** The operation of a request line, with the parameters of its path. */
export interface Route {
  readonly operation: Operation
  readonly parameters: Readonly<Record<string, string>>
}

/** Finds the operation of a method and a path (without its query); `undefined` where there is none. */
export type Router = (method: string, path: string) => Route | undefined

/** Makes a router of a table of operations. Segments are decoded one by one: an encoded slash does not part them. */
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

/** Text that is not well encoded stays as it is: no id looks like it. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
