import { unnamedOperation, type Failure } from './failure.ts'

/**
 * Distinguishes a permission missing for some image sets from one missing for all. AHI's answer is the same in both
 * cases.
 */
export interface Access {
  /** Notes that AHI permitted an operation. */
  grant(operation: string): void
  /** Notes that AHI refused an operation for an image set. Returns true if it seems to be refused for all. */
  refuse(failure: Failure, imageSetId: string): boolean
  /** Returns the first failure of an operation refused for every image set so far, or undefined. */
  refusal(): Failure | undefined
}

/** After this many refused image sets and none permitted, the job ends. */
export const mostRefused = 20

/** Creates the access of a new job. */
export function createAccess(): Access {
  /** Some clients do not name the refused operation. Any granted operation then counts for it. */
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
