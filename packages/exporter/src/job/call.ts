import type { InstanceUids } from '../errors.ts'

/** A call of `exportImageSet` that has not returned yet. */
export interface Call {
  /** Aborts once the caller no longer waits. */
  readonly signal: AbortSignal
  /** Rejects when `signal` aborts. */
  readonly whenCut: Promise<never>
  /** Ends the wait. The second call does nothing. */
  cut(reason: unknown): void
  /** Returns the wanted instances with files that are not written yet. Undefined until the document is read. */
  left: (() => readonly InstanceUids[]) | undefined
  /** True once all instances are written or failed, and only the record is awaited. */
  isWritten: boolean
}

/** Creates a call that has not started yet. */
export function createCall(): Call {
  const cutting = new AbortController()
  const { promise: whenCut, reject } = Promise.withResolvers<never>()
  whenCut.catch(() => {})
  return {
    signal: cutting.signal,
    whenCut,
    cut(reason) {
      cutting.abort(reason)
      reject(cutting.signal.reason)
    },
    left: undefined,
    isWritten: false,
  }
}
