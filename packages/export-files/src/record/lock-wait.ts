/**
 * Waits for `ms` milliseconds before a lock is read again.
 *
 * @throws the reason of the signal if it is aborted
 * @example
 * import { waitForLock } from '@ahi-dicom/export-files'
 *
 * await waitForLock(50, AbortSignal.timeout(10_000))
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
