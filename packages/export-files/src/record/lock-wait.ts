/**
 * Waits before a lock is looked at again.
 *
 * @throws the reason of the signal once it aborts
 */
export async function waitForLock(ms: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  const timer = setTimeout(resolve, ms)
  const stop = (): void => resolve()
  signal?.addEventListener('abort', stop)
  await promise
  clearTimeout(timer)
  signal?.removeEventListener('abort', stop)
  signal?.throwIfAborted()
}
