/** Callbacks of each signal, in the order of registration. */
const callbacksOf = new WeakMap<AbortSignal, Callbacks>()

interface Callbacks {
  readonly waiting: Set<() => void>
  readonly call: () => void
}

const once = { once: true }

/**
 * Calls `callback` when `signal` aborts, unless {@link offAbort} removes it first. The signal must not be aborted yet.
 * It has one listener for all callbacks, and none if there are no callbacks. Thousands of requests can share a signal,
 * because each adds only one entry to a set.
 *
 * @example
 * import { onAbort } from '@ahi-dicom/ahi-client/http'
 *
 * const controller = new AbortController()
 * onAbort(controller.signal, () => console.log('stopped')) // stopped
 * controller.abort()
 */
export function onAbort(signal: AbortSignal, callback: () => void): void {
  const { waiting, call } = callbacksOf.get(signal) ?? addCallbacks(signal)
  if (waiting.size === 0) signal.addEventListener('abort', call, once)
  waiting.add(callback)
}

/**
 * Removes a callback of {@link onAbort}.
 *
 * @example
 * import { offAbort, onAbort } from '@ahi-dicom/ahi-client/http'
 *
 * const controller = new AbortController()
 * const stop = () => console.error('stopped')
 * onAbort(controller.signal, stop)
 * offAbort(controller.signal, stop)
 * controller.abort() // calls nothing
 */
export function offAbort(signal: AbortSignal, callback: () => void): void {
  const callbacks = callbacksOf.get(signal)
  if (callbacks?.waiting.delete(callback) !== true || callbacks.waiting.size > 0) return
  signal.removeEventListener('abort', callbacks.call)
}

function addCallbacks(signal: AbortSignal): Callbacks {
  const waiting = new Set<() => void>()
  const call = (): void => {
    for (const callback of waiting) callback()
    waiting.clear()
  }
  const callbacks = { waiting, call }
  callbacksOf.set(signal, callbacks)
  return callbacks
}

/**
 * Settles as `work` does, or rejects with `signal.reason` if the signal aborts first. The work then continues, but its
 * result is dropped.
 *
 * @example
 * import { untilAborted } from '@ahi-dicom/ahi-client/http'
 *
 * const signal = AbortSignal.timeout(60_000)
 * console.log(await untilAborted(Promise.resolve('done'), signal)) // done
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    else onAbort(signal, abort)
    void work.then(resolve, reject).finally(() => offAbort(signal, abort))
  })
}
