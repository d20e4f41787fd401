/**
 * Settles like `promise`, or resolves with `undefined` when `signal` aborts. After an abort, the result or error of `promise`
 * is ignored.
 */
export async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value | undefined> {
  if (signal.aborted) {
    promise.catch(() => undefined)
    return undefined
  }
  let stopWaiting: (() => void) | undefined
  const aborted = new Promise<undefined>((resolve) => {
    stopWaiting = () => resolve(undefined)
    signal.addEventListener('abort', stopWaiting, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    if (stopWaiting !== undefined) signal.removeEventListener('abort', stopWaiting)
    promise.catch(() => undefined)
  }
}

/** Waits for `ms` milliseconds, or until `signal` aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    if (signal.aborted) return resolve()
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}
