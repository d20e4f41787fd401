import type { InstanceUids } from '../errors.ts'

/** Somebody waits for an image set to be exported. */
export interface Call {
  /** Aborts once nobody waits any more. */
  readonly signal: AbortSignal
  /** Rejects when `signal` aborts. */
  readonly whenCut: Promise<never>
  /** Ends the wait. Does nothing the second time. */
  cut(reason: unknown): void
  /** What is not written of the wanted instances; undefined before the document is there. */
  left: ReadonlySet<InstanceUids> | undefined
  /** Whether all of its instances are written or failed, so that it only waits for the record. */
  isWritten: boolean
}

/** Makes a call that has not begun. */
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
