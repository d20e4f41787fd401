/**
 * Resolves as a promise does, or with `undefined` as soon as a signal has aborted. Nobody learns then of what the promise
 * still comes to.
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

/** Waits, or until a signal has aborted. */
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
