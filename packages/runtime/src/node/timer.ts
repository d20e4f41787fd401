import type { StartTimer } from '../contract.ts'

/** See {@link StartTimer}. */
export const startTimer: StartTimer = (call, milliseconds) => {
  const timer = setTimeout(call, milliseconds).unref()
  return () => clearTimeout(timer)
}
