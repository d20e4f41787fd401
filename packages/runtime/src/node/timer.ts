import type { StartTimer } from '../contract.ts'

/**
 * See {@link StartTimer}.
 *
 * @function
 * @example
 * import { startTimer } from '@ahi-dicom/runtime'
 *
 * const stop = startTimer(() => console.log('late'), 60_000)
 * stop() // nothing is printed
 */
export const startTimer: StartTimer = (call, milliseconds) => {
  const timer = setTimeout(call, milliseconds).unref()
  return () => clearTimeout(timer)
}
