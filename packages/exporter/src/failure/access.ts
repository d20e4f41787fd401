import { unnamedOperation, type Failure } from './failure.ts'

/**
 * Tells a permission that is missing for some image sets from one that is missing for all. AHI refuses both with the same
 * answer.
 */
export interface Access {
  /** Notes that AHI has permitted an operation. */
  grant(operation: string): void
  /** Notes that AHI has refused an operation for an image set. Returns whether it seems to be refused for all. */
  refuse(failure: Failure, imageSetId: string): boolean
  /** Returns the first failure of an operation that was refused for every image set so far; undefined if there is none. */
  refusal(): Failure | undefined
}

/** After so many refused image sets, and none permitted, no more are tried. */
export const mostRefused = 20

/** Makes the access of a job that has asked for nothing. */
export function createAccess(): Access {
  /** A client may not name the operation that is refused: any other that is granted counts then. */
  const granted = new Set<string>()
  const refused = new Map<string, { readonly failure: Failure; readonly imageSetIds: Set<string> }>()
  return {
    grant(operation) {
      for (const name of [operation, unnamedOperation]) {
        granted.add(name)
        refused.delete(name)
      }
    },
    refuse(failure, imageSetId) {
      const { refusedOperation: operation } = failure
      if (operation === undefined || granted.has(operation)) return false
      const known = refused.get(operation) ?? { failure, imageSetIds: new Set() }
      refused.set(operation, known)
      return known.imageSetIds.add(imageSetId).size >= mostRefused
    },
    refusal: () => [...refused.values()][0]?.failure,
  }
}
